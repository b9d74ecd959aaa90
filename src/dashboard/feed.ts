import type { Cancel, Clock } from '../runtime/clock.js';
import type { PublishedFact } from '../runtime/outbox/relay.js';
import type { Watched } from './instance.js';

/** Facts in one read of the database. */
const BATCH = 500;
/** How often to look for what another instance's relay has published. */
const POLL_MS = 1_000;

/**
 * Published facts for whoever follows on this instance.
 *
 * - F1 they come in order of position, without gap or duplicate, whichever instance's relay published them: what this one's relay tells is
 *   handed out at once when it follows on, and any gap before it is read from the database first.
 * - F2 `position` is that of the last fact handed out; it and the hand-out move in one turn of the event loop.
 * - F3 nothing is read or heard while it is stopped.
 */
export class Feed {
  private at = 0;
  private life = 0;
  private on = false;
  private starting: Promise<void> | undefined;
  private filling: Promise<void> | undefined;
  private refilling: Promise<void> | undefined;
  private unsubscribe: Cancel = () => {};
  private disarm: Cancel = () => {};

  constructor(
    private readonly machine: Pick<Watched, 'storage' | 'topics'>,
    private readonly clock: Clock,
    private readonly handOut: (facts: readonly PublishedFact[]) => void,
  ) {}

  get position(): number {
    return this.at;
  }

  /** True from a start that succeeded to the stop. */
  get following(): boolean {
    return this.on;
  }

  /** Follows from now on; rejects when the database cannot tell where now is. Further calls wait for the same start. */
  start(): Promise<void> {
    this.starting ??= this.begin(++this.life);
    return this.starting;
  }

  stop(): void {
    this.life++;
    this.on = false;
    this.starting = undefined;
    this.unsubscribe();
    this.disarm();
  }

  /** Resolves when everything that was published before this call has been handed out. */
  catchUp(): Promise<void> {
    if (this.filling === undefined) {
      this.filling = this.fill(this.life).finally(() => (this.filling = undefined));
      return this.filling;
    }
    // The reading under way may have begun too early for this caller; one more serves all who come meanwhile.
    this.refilling ??= this.filling
      .catch(() => undefined)
      .then(() => {
        this.refilling = undefined;
        return this.catchUp();
      });
    return this.refilling;
  }

  private async begin(life: number): Promise<void> {
    try {
      const { position } = await this.machine.storage.backlog();
      if (life !== this.life) return;
      this.at = position;
      this.on = true;
      this.unsubscribe = this.machine.topics.subscribe('facts', (facts) => this.hear(facts));
      this.poll(life);
      // What was published between that reading and this hearing.
      this.catchUpOrWait();
    } catch (error) {
      if (life === this.life) this.stop();
      throw error;
    }
  }

  private hear(facts: readonly PublishedFact[]): void {
    const first = facts.find((fact) => fact.position > this.at);
    if (first === undefined) return;
    if (first.position === this.at + 1) this.advance(facts);
    else this.catchUpOrWait();
  }

  private async fill(life: number): Promise<void> {
    for (let more = true; more && life === this.life;) {
      const facts = await this.machine.storage.published(this.at, BATCH);
      if (life !== this.life) return;
      this.advance(facts as readonly PublishedFact[]);
      more = facts.length === BATCH;
    }
  }

  private advance(facts: readonly PublishedFact[]): void {
    const fresh = facts.filter((fact) => fact.position > this.at);
    const last = fresh.at(-1);
    if (last === undefined) return;
    this.at = last.position;
    this.handOut(fresh);
  }

  private poll(life: number): void {
    this.disarm = this.clock.after(POLL_MS, () => {
      if (life !== this.life) return;
      this.catchUpOrWait();
      this.poll(life);
    });
  }

  /** An unreachable database is a state: the next look finds what this one could not. */
  private catchUpOrWait(): void {
    this.catchUp().catch(() => undefined);
  }
}
