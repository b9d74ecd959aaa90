/** The elector's dealings with the lease: one question at a time is nobody's promise, so every answer tells which term it is about. */
import type { Cancel, Clock } from '../../runtime/clock.js';
import type { Lease, Mandate } from '../../runtime/cluster/lease.js';
import { LEASE_MS, PULSE_MS } from '../../runtime/cluster/timing.js';
import type { Sender } from '../../runtime/cluster/transport-port.js';
import { concernsStorage } from '../../runtime/outbox/storage.js';
import type { Cause, Event } from './bully-words.js';

/** How much sooner than the lease a leader stops by its own clock: clocks do not run at quite the same speed. */
const MARGIN_MS = 250;
/** How long a resignation waits for the database to take the lease back. */
const RELEASE_MS = 500;

export interface TenureParts {
  readonly lease: Lease;
  readonly clock: Clock;
  /** Errors that are not the database's absence. */
  readonly report: (message: string, error: unknown) => void;
}

export class Tenure {
  /** The monotonic instant of the last question that the database answered. */
  reached = -Infinity;
  private current: Mandate | undefined;
  private renewal: Cancel = () => {};
  private readonly granted = new Map<number, Mandate>();
  private readonly underWay = new Set<Promise<void>>();

  constructor(
    private readonly parts: TenureParts,
    private readonly happen: (event: Event) => void,
  ) {}

  /** Asks for the lease; `isMe` tells, when the answer is there, whether it is still wanted by that incarnation. */
  claim(me: Sender, cause: Cause, since: number, isMe: () => boolean): void {
    this.do(async (began) => {
      const claimant = { me: { id: me.id, incarnation: me.incarnation }, cause, tookMs: began - since };
      const claim = await this.answer(began, () => this.parts.lease.claim(claimant));
      if (claim === undefined) return this.happen({ is: 'claim failed' });
      if (claim.is === 'held') return this.happen({ is: 'refused', by: claim });
      const { number } = claim.term;
      this.granted.set(number, claim.term);
      if (isMe()) return this.happen({ is: 'claimed', term: number, until: began + LEASE_MS - MARGIN_MS });
      await this.giveBack(number);
      this.happen({ is: 'claim failed' });
    });
  }

  read(): void {
    this.do(async (began) => this.happen({ is: 'read', holder: await this.answer(began, () => this.parts.lease.read()) }));
  }

  /** Keeps the lease of a granted term from now on. */
  begin(term: number): Mandate {
    const mandate = this.granted.get(term);
    if (mandate === undefined) throw new Error(`term ${term} was not granted to this instance`);
    for (const earlier of this.granted.keys()) if (earlier < term) this.granted.delete(earlier);
    this.current = mandate;
    this.renewIn(PULSE_MS);
    return mandate;
  }

  end(): void {
    this.current = undefined;
    this.renewal();
  }

  /** Gives the lease of a term back, then calls `then`: also when the database does not take it within `RELEASE_MS`. */
  release(term: number, then: () => void): void {
    this.do(async () => {
      await this.giveBack(term);
      then();
    });
  }

  /** Resolves when nothing is under way any more, or after `ms`. */
  quiet(ms: number): Promise<void> {
    return this.within(ms, Promise.all(this.underWay));
  }

  private async giveBack(term: number): Promise<void> {
    const mandate = this.granted.get(term);
    this.granted.delete(term);
    if (mandate === undefined) return;
    const began = this.parts.clock.monotonic();
    await this.within(
      RELEASE_MS,
      this.answer(began, () => this.parts.lease.release(mandate)),
    );
  }

  private renewIn(ms: number): void {
    this.renewal();
    this.renewal = this.parts.clock.after(Math.max(0, ms), () => this.do((began) => this.renew(began)));
  }

  private async renew(began: number): Promise<void> {
    const { current } = this;
    if (current === undefined) return;
    const term = current.number;
    const renewed = await this.answer(began, () => this.parts.lease.renew(current));
    if (this.current !== current) return;
    if (renewed === false) return this.happen({ is: 'lease lost', term });
    if (renewed === true) this.happen({ is: 'renewed', term, until: began + LEASE_MS - MARGIN_MS });
    if (this.current === current) this.renewIn(began + PULSE_MS - this.parts.clock.monotonic());
  }

  /** Undefined when the database could not be asked, or has not said whether it did it. */
  private async answer<T>(began: number, ask: () => Promise<T>): Promise<T | undefined> {
    try {
      const answer = await ask();
      this.reached = Math.max(this.reached, began);
      return answer;
    } catch (error) {
      if (!concernsStorage(error)) this.parts.report('The election met an error of the lease', error);
      return undefined;
    }
  }

  private do(work: (began: number) => Promise<void>): void {
    const done = work(this.parts.clock.monotonic()).finally(() => this.underWay.delete(done));
    this.underWay.add(done);
  }

  private async within(ms: number, work: Promise<unknown>): Promise<void> {
    let cancel: Cancel = () => {};
    const time = new Promise<void>((resolve) => (cancel = this.parts.clock.after(ms, resolve)));
    await Promise.race([work, time]).finally(() => cancel());
  }
}
