/**
 * Patience with the rights that former lives of this instance left: for some seconds after an opening they are on their way, since somebody has yet to
 * say whether they may move (see adoption.ts).
 */
import type { Cancel, Clock } from '../../runtime/clock.js';
import type { Replica } from './replica.js';

interface Waiting {
  readonly need: bigint;
  readonly resolve: (again: boolean) => void;
}

export class Underway {
  private until = -Infinity;
  private timer: Cancel = () => {};
  /** By product: each has one question open at most. */
  private readonly waiting = new Map<string, Waiting>();

  constructor(
    private readonly replica: Pick<Replica, 'state' | 'movable'>,
    private readonly clock: Clock,
    private readonly own: (product: string) => bigint,
  ) {}

  /** Who waits now, waits for `ms` more at most. What was waited for before belongs to another slot, or to nobody. */
  begin(ms: number): void {
    this.end();
    this.until = this.clock.monotonic() + ms;
    this.timer = this.clock.after(ms, () => this.end());
  }

  /** Nothing is on its way any more. */
  end(): void {
    this.until = -Infinity;
    this.timer();
    this.look();
  }

  /**
   * Resolves with false when this instance has `need` rights to the product, or no more of them are to come from its former slots, or patience ends;
   * with true when somebody else has come who could be asked instead.
   */
  wait(product: string, need: bigint): Promise<boolean> {
    if (!this.hopes(product, need)) return Promise.resolve(false);
    return new Promise((resolve) => this.waiting.set(product, { need, resolve }));
  }

  /** Somebody is there who was not. */
  joined(): void {
    for (const product of this.waiting.keys()) this.leave(product, true);
  }

  /** Looks again at what is waited for, of these products when they are named. */
  look(products?: ReadonlySet<string>): void {
    for (const [product, { need }] of this.waiting)
      if ((products?.has(product) ?? true) && !this.hopes(product, need)) this.leave(product, false);
  }

  private leave(product: string, again: boolean): void {
    const waiting = this.waiting.get(product);
    this.waiting.delete(product);
    waiting?.resolve(again);
  }

  private hopes(product: string, need: bigint): boolean {
    const { replica, clock } = this;
    return clock.monotonic() < this.until && replica.state === 'open' && replica.movable(product) > 0n && this.own(product) < need;
  }
}
