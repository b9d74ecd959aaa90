/**
 * Publishes committed facts: gives each its position, hands it to the listeners, then to the instance's topics.
 *
 * R1. Facts of one stream are published in order, oldest first, whatever their number of relays.
 * R2. Positions are dense: the counter moves by compare-and-set in the transaction that marks the facts published, so of two relays that
 *     took the same facts one changes nothing and reads again.
 * R3. A crash between write and publish loses nothing: what is unpublished is found again by `stream.published < stream.version`.
 * R4. Batches are bounded in rows, alternate with demandes in the write lane, and take at most a fifth of it while demandes wait.
 * R5. Every transaction first passes the fence of the term and batches write the term, which never decreases: a relay whose term is over
 *     changes nothing more, and stops.
 */
import type { Cancel, Clock } from '../clock.js';
import { CommitCue } from './commit-cue.js';
import { type Fence, guardTerm, TermOver } from './fence.js';
import type { Inbox } from './inbox.js';
import type { Journal, LaneWork } from './journal.js';
import { Letters } from './letters.js';
import { LostRace, movePlace, type Place, readPlace } from './publication.js';
import { concernsStorage, type OutboxFact, type RowTransaction, type Storage } from './storage.js';

export { letterId } from './letters.js';

const BATCH = 1000;
const PER_STREAM = 500;
/** A relay that was not told (another instance wrote) looks by itself this often. */
const POLL_MS = 500;

/** A fact with its place in the publication order. */
export interface PublishedFact extends OutboxFact {
  readonly position: number;
}

/** One time of running: from `start` to `stop`. */
interface Reign {
  readonly fence: Fence;
  readonly term: number;
}

export class Relay implements LaneWork {
  private reign: Reign | undefined;
  private place: Place | undefined;
  private after = '';
  private readonly letters: Letters;
  private queued = false;
  private restUntil = 0;
  private timer: Cancel | undefined;
  published = 0;
  /** Monotonic instant of the last batch that went through, or of the start. */
  publishedAt = 0;
  lostRaces = 0;
  /** Called after each batch, with the position of its last fact: the others may be told. */
  onPublished: (position: number) => void = () => {};
  /** Called once when it stopped because its term is over. */
  onTermLost: () => void = () => {};
  /** Facts were committed here and this relay does not run: whoever leads may be told. At most once per 20 ms. */
  onCue: () => void = () => {};

  constructor(
    private readonly journal: Journal,
    private readonly storage: Storage,
    readonly inbox: Inbox,
    private readonly clock: Clock,
    private readonly publish: (facts: readonly PublishedFact[]) => void,
    private readonly report: (message: string, error: unknown) => void,
  ) {
    this.letters = new Letters(inbox, storage);
    const cue = new CommitCue(clock, () => this.onCue());
    journal.onCommitted = () => (this.reign === undefined ? cue.give() : this.poke());
  }

  /** True from `start` until `stop` or the end of the term. */
  get running(): boolean {
    return this.reign !== undefined;
  }

  /** Publishes from now on, under a term that `fence` vouches for; without a cluster there is none. */
  start(fence: Fence = async () => {}, term = 0): void {
    this.stop();
    this.reign = { fence, term };
    this.publishedAt = this.clock.monotonic();
    this.place = undefined;
    this.poke();
    this.poll(this.reign);
  }

  /** Publishes no more; a batch in flight may still go through. */
  stop(): void {
    this.reign = undefined;
    this.timer?.();
  }

  /** There may be something to publish. */
  poke(): void {
    if (this.reign === undefined || this.queued) return;
    this.queued = true;
    const rest = this.journal.outstanding > 0 ? this.restUntil - this.clock.monotonic() : 0;
    if (rest > 0) this.clock.after(rest, () => this.journal.enqueue(this));
    else this.journal.enqueue(this);
  }

  /**
   * Replays or discards what is held back, by `letterId`, inside `tx`: a transaction of the write lane. False when nothing has that id any more.
   * Works whether or not this relay is running, and without a term: it is a person's order.
   */
  settle(tx: RowTransaction, id: string, skip: boolean): Promise<boolean> {
    // What the order changed may still be rolled back: read again before the next batch.
    this.place = undefined;
    return this.letters.settle(tx, id, skip);
  }

  async run(): Promise<void> {
    this.queued = false;
    const { reign } = this;
    if (reign === undefined) return;
    const began = this.clock.monotonic();
    try {
      this.place ??= await this.fenced(reign, (tx) => this.resume(tx, reign));
      for (const held of this.inbox.due()) await this.fenced(reign, (tx) => this.letters.retry(tx, held));
      if (await this.batch(reign, this.place)) this.poke();
    } catch (error) {
      this.failed(reign, error);
    }
    const ended = this.clock.monotonic();
    this.restUntil = ended + 4 * (ended - began);
  }

  private failed(reign: Reign, error: unknown): void {
    this.place = undefined;
    if (error instanceof TermOver) {
      // Another term may have begun here meanwhile: only its own end ends it.
      if (this.reign !== reign) return;
      this.stop();
      return this.onTermLost();
    }
    if (error instanceof LostRace) this.lostRaces++;
    else if (!concernsStorage(error)) this.report('The relay met an error', error);
    this.clock.after(100 + this.clock.chance() * 200, () => this.poke());
  }

  private async batch(reign: Reign, place: Place): Promise<boolean> {
    const facts = await this.storage.unpublished(BATCH, PER_STREAM, this.after);
    if (facts.length === 0) return false;
    const positioned = facts.map((fact, i): PublishedFact => ({ ...fact, position: place.position + i + 1 }));
    const next = { position: place.position + facts.length, term: reign.term };
    await this.fenced(reign, (tx) => this.write(tx, positioned, place, next));
    // Committed, whatever has become of this reign meanwhile: it must be told.
    if (this.reign === reign) this.place = next;
    this.after = facts.at(-1)!.stream;
    this.published += facts.length;
    this.publishedAt = this.clock.monotonic();
    this.publish(positioned);
    this.onPublished(next.position);
    return true;
  }

  private fenced<T>({ fence }: Reign, work: (tx: RowTransaction) => Promise<T>): Promise<T> {
    return this.storage.transact(async (tx) => {
      await guardTerm(fence, tx);
      return work(tx);
    });
  }

  private async resume(tx: RowTransaction, { term }: Reign): Promise<Place> {
    await this.inbox.reload(tx);
    return readPlace(tx, term);
  }

  private async write(tx: RowTransaction, facts: readonly PublishedFact[], from: Place, to: Place): Promise<void> {
    await movePlace(tx, from, to);
    // A person may have settled a letter elsewhere since the last batch; from here on nobody can (L1).
    await this.inbox.reload(tx);
    const published = new Map<string, number>();
    for (const fact of facts) published.set(fact.stream, fact.version);
    await tx.updateAll(
      'outbox',
      ['stream', 'version'],
      facts.map(({ stream, version, position }) => ({ stream, version, position })),
    );
    await tx.updateAll(
      'stream',
      ['id'],
      [...published].map(([id, version]) => ({ id, published: version })),
    );
    await this.inbox.take(tx, facts);
  }

  private poll(reign: Reign): void {
    this.timer = this.clock.after(POLL_MS, () => {
      if (this.reign !== reign) return;
      this.poke();
      this.poll(reign);
    });
  }
}
