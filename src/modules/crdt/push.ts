/**
 * Brings what this instance counts to every peer: at once when nothing was on its way, then at most every 50 ms, one call at a time to each.
 * A peer's answer tells what it holds durably; the next push begins there. One that fails is tried again, each time later up to 2 s.
 */
import type { Cancel, Clock } from '../../runtime/clock.js';
import { CallFailed } from '../../runtime/cluster/transport-port.js';
import { writeDelta } from './counter-text.js';
import type { Intake, Replicated } from './intake.js';
import { type Neighbour, type Neighbours, Over } from './neighbours.js';
import type { Slot } from './pn-counter.js';
import { checkVersions, KIND, natural } from './sync-wire.js';

/** Least time between the beginnings of two pushes to one peer. Raising it makes fewer and bigger deltas, and others later. */
const PERIOD_MS = 50;
const RETRY_MS = [100, 2_000] as const;

export interface PushDeps {
  readonly replica: Replicated;
  readonly neighbours: Neighbours;
  readonly intake: Intake;
  readonly clock: Clock;
  readonly report: (message: string, error?: unknown) => void;
  readonly pushed: PushFigures;
  /** A peer holds more of our present slot than before. */
  readonly onHeld: () => void;
}

export interface PushFigures {
  pushes: number;
  /** Deltas sent. */
  parts: number;
  failures: number;
}

export class Push {
  private readonly lines = new Map<Neighbour, Line>();

  constructor(private readonly deps: PushDeps) {}

  begin(to: Neighbour): void {
    const line = new Line(to, this.deps);
    this.lines.set(to, line);
    line.kick();
  }

  /** The replica has changed. */
  kick(): void {
    for (const [neighbour, line] of this.lines) {
      if (neighbour.over) this.forget(neighbour, line);
      else line.kick();
    }
  }

  /** Brings everybody what was written in a former slot of ours, once: digests bring it to whom that fails. */
  async offer(slot: Slot): Promise<void> {
    await Promise.all([...this.lines.values()].map((line) => line.offer(slot)));
  }

  /** True when a peer has not yet said that it holds all of our present slot. */
  owes(to: Neighbour): boolean {
    return this.lines.get(to)?.owes ?? false;
  }

  /** What each other instance holds of `slot`, our present one, durably: versions by INSTANCE_ID. */
  held(slot: Slot): Map<string, number> {
    const held = new Map<string, number>();
    for (const [{ id }, line] of this.lines) held.set(id, Math.max(line.holds(slot), held.get(id) ?? 0));
    held.delete(this.deps.replica.id);
    return held;
  }

  end(): void {
    for (const [neighbour, line] of this.lines) this.forget(neighbour, line);
  }

  private forget(neighbour: Neighbour, line: Line): void {
    this.lines.delete(neighbour);
    line.end();
  }
}

/** The way to one peer. */
class Line {
  private busy = false;
  private over = false;
  private wake: Cancel | undefined;
  private notBefore = -Infinity;
  private failures = 0;
  private slot: Slot | undefined;
  /** The version of `slot` that the peer holds; undefined: it has not been asked. */
  private held: number | undefined;

  constructor(
    private readonly to: Neighbour,
    private readonly deps: PushDeps,
  ) {}

  get owes(): boolean {
    const { replica, intake } = this.deps;
    return intake.open && intake.held(replica.slot) > this.holds(replica.slot);
  }

  holds(slot: Slot): number {
    return this.slot === slot && !this.to.over ? (this.held ?? 0) : 0;
  }

  kick(): void {
    if (this.over || this.busy || this.wake !== undefined || !this.owes) return;
    const wait = this.notBefore - this.deps.clock.monotonic();
    if (wait <= 0) return void this.run();
    this.wake = this.deps.clock.after(wait, () => {
      this.wake = undefined;
      this.kick();
    });
  }

  async offer(slot: Slot): Promise<void> {
    try {
      const parts = await this.deps.replica.read(slot, await this.ask(slot));
      for (const part of parts) if (!this.over) await this.tell(writeDelta(part));
    } catch (error) {
      if (!(error instanceof CallFailed || error instanceof Over)) this.deps.report(`Slot ${slot} does not reach ${this.to.id}`, error);
    }
  }

  end(): void {
    this.over = true;
    this.wake?.();
  }

  private async run(): Promise<void> {
    const { clock, report } = this.deps;
    this.busy = true;
    this.notBefore = clock.monotonic() + PERIOD_MS;
    this.deps.pushed.pushes++;
    try {
      await this.carry();
      this.failures = 0;
    } catch (error) {
      const [first, longest] = RETRY_MS;
      this.notBefore = clock.monotonic() + Math.min(longest, first * 2 ** this.failures++);
      this.deps.pushed.failures++;
      if (!(error instanceof CallFailed || error instanceof Over)) report(`What is counted here does not reach ${this.to.id}`, error);
    }
    this.busy = false;
    this.kick();
  }

  private async carry(): Promise<void> {
    const { replica } = this.deps;
    const { slot } = replica;
    if (this.slot !== slot) this.held = undefined;
    this.slot = slot;
    this.held ??= await this.ask(slot);
    const parts = replica.counters.delta(slot, this.held);
    for (const part of parts) {
      this.deps.pushed.parts++;
      const held = await this.tell(writeDelta(part));
      if (this.over || this.to.over) throw new Over();
      this.held = held;
      this.deps.onHeld();
    }
    if (this.held < (parts.at(-1)?.to ?? 0)) throw new Over(`${this.to.id} did not take it whole`);
  }

  private async ask(slot: Slot): Promise<number> {
    let held = 0;
    await this.deps.neighbours.call(this.to, KIND.holds, [slot], (piece) => (held = checkVersions(piece, 1)[0]!));
    if (this.over || this.to.over) throw new Over();
    return held;
  }

  private async tell(delta: string): Promise<number> {
    let held = 0;
    await this.deps.neighbours.call(this.to, KIND.delta, delta, (piece) => (held = natural(piece)));
    return held;
  }
}
