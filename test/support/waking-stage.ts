import type { Envelope, Outcome } from '../../src/runtime/aggregate/outcome.js';
import { type Kinds, Waking } from '../../src/runtime/timers/waking.js';
import { MemoryTimers } from './memory-timers.js';
import { VirtualClock } from './virtual-clock.js';

export const QUARANTINED: Outcome = { is: 'quarantined', retryAfterMs: 300 };

/** A leader's duty on a virtual clock, before owners that apply what is due by their own clock, as the machine's do. */
export class WakingStage {
  readonly clock = new VirtualClock();
  /** Where wall time began. */
  readonly start = this.clock.now();
  readonly timers = new MemoryTimers();
  /** `root@milliseconds since the start`, in the order of asking. */
  readonly asked: string[] = [];
  readonly envelopes: Envelope[] = [];
  readonly reports: string[] = [];
  /** Roots that answer this instead of applying anything. */
  readonly refusing = new Map<string, Outcome>();
  /** Owners answer only when `let` is called. */
  byHand = false;
  /** How far the owners' clocks are behind the leader's. */
  behindMs = 0;
  /** The most calls that were ever under way, and roots that were asked while they already were. */
  most = 0;
  readonly twice: string[] = [];
  private readonly waiting: { readonly root: string; answer(): void }[] = [];
  private readonly underWay = new Set<string>();
  readonly kinds: Kinds = new Map([['toy', { ask: (root, _, envelope) => this.ask(root, envelope) }]]);
  readonly waking = this.another();

  /** Another instance's duty on the same timers and owners. */
  another(): Waking {
    return new Waking(this.timers, this.kinds, this.clock, (message) => void this.reports.push(message));
  }

  /** Arms a timer `ms` after the start. */
  arm(root: string, ms: number, more?: Parameters<MemoryTimers['arm']>[2]): void {
    this.timers.arm(root, this.start + ms, more);
  }

  pass(ms: number): Promise<void> {
    return this.clock.pass(ms);
  }

  /** The roots asked since the last call of this. */
  roots(): string[] {
    return this.asked.splice(0).map((one) => one.split('@')[0]!);
  }

  /** Lets the oldest `count` calls be answered. */
  async let(count = 1): Promise<void> {
    for (const { answer } of this.waiting.splice(0, count)) answer();
    await this.clock.settle();
  }

  private ask(root: string, envelope: Envelope): Promise<Outcome> {
    this.asked.push(`${root}@${this.clock.now() - this.start}`);
    this.envelopes.push(envelope);
    if (this.underWay.has(root)) this.twice.push(root);
    this.underWay.add(root);
    this.most = Math.max(this.most, this.underWay.size);
    return new Promise((resolve) => {
      const answer = (): void => {
        this.underWay.delete(root);
        resolve(this.apply(root));
      };
      if (this.byHand) this.waiting.push({ root, answer });
      else this.clock.soon(answer);
    });
  }

  private apply(root: string): Outcome {
    const refusal = this.refusing.get(root);
    if (refusal !== undefined) return refusal;
    this.timers.apply(root, this.clock.now() - this.behindMs);
    return { is: 'done', answer: null, replayed: false };
  }
}
