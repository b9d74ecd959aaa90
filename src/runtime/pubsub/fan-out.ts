import type { Cancel, Clock } from '../clock.js';
import type { PublishedFact } from '../outbox/relay.js';
import type { Storage } from '../outbox/storage.js';

/** Facts in one read. Raising it makes each hand-out hold the event loop for longer. */
const BATCH = 500;
/** How often it looks by itself for what nobody told. */
const POLL_MS = 1_000;
/** Whoever begins to listen is given at most so many facts that this instance missed while nobody listened: more than are published in the second that it may take to notice. */
const LATE = 10_000;

/** The instance's topics, as their only publisher sees them. */
export interface FactTopics {
  /** Publication moved, perhaps: a cue for whoever needs no facts. Given for everything that is told, read or not. */
  moved(position: number): void;
  /** True while somebody subscribes to the facts. */
  listened(): boolean;
  publish(facts: readonly PublishedFact[]): void;
}

/**
 * Published facts for the subscribers of this instance, whichever instance's relay published them.
 *
 * - O1 while somebody subscribes, facts are handed out in order of position, without gap or duplicate; a change of leader makes none.
 * - O2 what is told (by the own relay, or as a position by the leader) is handed out at once when it follows on; a gap is first read from the
 *   database, in bounded batches, by one reading for all.
 * - O3 a message that was lost is made good by the next one, and by a look each second while somebody subscribes.
 * - O4 nothing is read while nobody subscribes, but for one look at the start: where those begin who subscribe before anything is told.
 */
export class FanOut {
  /** Position of the last fact handed out, or passed over while nobody listened; undefined before the first one is known. */
  private at: number | undefined;
  /** Monotonic instant of the last news that something was published, from wherever. */
  heardAt = 0;
  private listening = false;
  private reading: Promise<void> | undefined;
  private again = false;
  private life = 0;
  private disarm: Cancel = () => {};

  constructor(
    private readonly storage: Pick<Storage, 'published' | 'backlog'>,
    private readonly topics: FactTopics,
    private readonly clock: Clock,
  ) {}

  /** From now on it looks by itself as well. The storage must be open. */
  start(): void {
    this.stop();
    this.catchUp();
    this.poll(this.life);
  }

  stop(): void {
    this.life++;
    this.disarm();
  }

  /** The relay of this instance published these, in order. */
  offer(facts: readonly PublishedFact[]): void {
    this.heardAt = this.clock.monotonic();
    const [first, last] = [facts[0], facts.at(-1)];
    if (first === undefined || last === undefined) return;
    if (this.awake(last.position)) {
      this.at ??= first.position - 1;
      if (first.position <= this.at + 1) this.handOut(facts);
      else this.catchUp();
    }
    this.topics.moved(last.position);
  }

  /** The leader tells that everything up to `position` is published. */
  hear(position: number): void {
    this.heardAt = this.clock.monotonic();
    if (this.awake(position)) {
      this.at ??= position;
      if (position > this.at) this.catchUp();
    }
    this.topics.moved(position);
  }

  /** False when nobody listens: then `position` is where the next one begins. */
  private awake(position: number): boolean {
    const before = this.listening;
    this.listening = this.topics.listened();
    if (!this.listening) this.at = Math.max(this.at ?? 0, position);
    else if (!before && this.at !== undefined) this.at = Math.max(this.at, position - LATE);
    return this.listening;
  }

  private handOut(facts: readonly PublishedFact[]): void {
    const fresh = facts.filter((fact) => fact.position > this.at!);
    if (fresh.length === 0) return;
    this.at = fresh.at(-1)!.position;
    this.topics.publish(fresh);
  }

  private catchUp(): void {
    if (this.reading !== undefined) {
      // The reading under way may have begun before what is asked for now.
      this.again = true;
      return;
    }
    this.reading = this.read().finally(() => {
      this.reading = undefined;
      if (!this.again) return;
      this.again = false;
      this.catchUp();
    });
    // A database that cannot be reached is a state: the next message or look finds what this one could not.
    this.reading.catch(() => undefined);
  }

  private async read(): Promise<void> {
    if (this.at === undefined || !this.listening) {
      const { position } = await this.storage.backlog();
      if (!this.awake(position)) return;
      this.at ??= position;
    }
    for (let more = true; more && this.topics.listened();) {
      const facts = (await this.storage.published(this.at, BATCH)) as readonly PublishedFact[];
      more = facts.length === BATCH;
      this.handOut(facts);
    }
  }

  private poll(life: number): void {
    this.disarm = this.clock.after(POLL_MS, () => {
      if (life !== this.life) return;
      if (this.topics.listened()) this.catchUp();
      else this.listening = false;
      this.poll(life);
    });
  }
}
