/**
 * Publishes committed facts: gives each its position, hands it to the listeners, then to the instance's topics.
 *
 * R1. Facts of one stream are published in order, oldest first, whatever their number of relays.
 * R2. Positions are dense: the counter moves by compare-and-set in the transaction that marks the facts published, so of two relays that
 *     took the same facts one changes nothing and reads again.
 * R3. A crash between write and publish loses nothing: what is unpublished is found again by `stream.published < stream.version`.
 * R4. Batches are bounded in rows, alternate with demandes in the write lane, and take at most a fifth of it while demandes wait.
 */
import type { Cancel, Clock } from '../clock.js';
import type { Inbox, HeldBack } from './inbox.js';
import type { Journal, LaneWork } from './journal.js';
import { concernsStorage, type OutboxFact, type RowTransaction, type Storage } from './storage.js';

const BATCH = 1000;
const PER_STREAM = 500;
/** A relay that was not told (another instance wrote) looks by itself this often. */
const POLL_MS = 500;

/** A fact with its place in the publication order. */
export interface PublishedFact extends OutboxFact {
  readonly position: number;
}

class LostRace extends Error {}

export class Relay implements LaneWork {
  private position: number | undefined;
  private after = '';
  private running = false;
  private queued = false;
  private restUntil = 0;
  private timer: Cancel | undefined;
  published = 0;
  /** Monotonic instant of the last batch that went through, or of the start. */
  publishedAt = 0;
  lostRaces = 0;

  constructor(
    private readonly journal: Journal,
    private readonly storage: Storage,
    readonly inbox: Inbox,
    private readonly clock: Clock,
    private readonly publish: (facts: readonly PublishedFact[]) => void,
    private readonly report: (message: string, error: unknown) => void,
  ) {}

  start(): void {
    this.running = true;
    this.publishedAt = this.clock.monotonic();
    this.position = undefined;
    this.journal.onCommitted = () => this.poke();
    this.poke();
    this.poll();
  }

  stop(): void {
    this.running = false;
    this.timer?.();
    this.journal.onCommitted = () => {};
  }

  /** There may be something to publish. */
  poke(): void {
    if (!this.running || this.queued) return;
    this.queued = true;
    const rest = this.journal.outstanding > 0 ? this.restUntil - this.clock.monotonic() : 0;
    if (rest > 0) this.clock.after(rest, () => this.journal.enqueue(this));
    else this.journal.enqueue(this);
  }

  /**
   * Replays or discards what is held back, by `letterId`, inside `tx`: a transaction of the write lane. False when nothing has that id any more.
   * Works whether or not this relay is running.
   */
  async settle(tx: RowTransaction, id: string, skip: boolean): Promise<boolean> {
    // Read afresh, for another relay may have held it back; and read again before the next batch, for `tx` may still be rolled back.
    await this.inbox.reload(tx);
    this.position = undefined;
    const held = this.inbox.heldBack().find((one) => letterId(one) === id);
    if (held === undefined) return false;
    await this.retry(tx, held, skip);
    return true;
  }

  async run(): Promise<void> {
    this.queued = false;
    if (!this.running) return;
    const began = this.clock.monotonic();
    try {
      this.position ??= await this.storage.transact((tx) => this.resume(tx));
      for (const held of this.inbox.due()) await this.storage.transact((tx) => this.retry(tx, held, false));
      if (await this.batch(this.position)) this.poke();
    } catch (error) {
      this.position = undefined;
      if (error instanceof LostRace) this.lostRaces++;
      else if (!concernsStorage(error)) this.report('The relay met an error', error);
      this.clock.after(100 + this.clock.chance() * 200, () => this.poke());
    }
    const ended = this.clock.monotonic();
    this.restUntil = ended + 4 * (ended - began);
  }

  private async batch(from: number): Promise<boolean> {
    const facts = await this.storage.unpublished(BATCH, PER_STREAM, this.after);
    if (facts.length === 0) return false;
    const positioned = facts.map((fact, i): PublishedFact => ({ ...fact, position: from + i + 1 }));
    await this.storage.transact((tx) => this.write(tx, positioned, from));
    this.position = from + facts.length;
    this.after = facts.at(-1)!.stream;
    this.published += facts.length;
    this.publishedAt = this.clock.monotonic();
    this.publish(positioned);
    return true;
  }

  private async resume(tx: RowTransaction): Promise<number> {
    await this.inbox.reload(tx);
    const [row] = await tx.select('publication', { id: 1 });
    return Number(row?.['position'] ?? 0);
  }

  private async write(tx: RowTransaction, facts: readonly PublishedFact[], from: number): Promise<void> {
    // Compare-and-set first: it also queues two relays behind one row.
    if ((await tx.update('publication', { position: from + facts.length }, { id: 1, position: from })) === 0) throw new LostRace();
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

  private retry(tx: RowTransaction, held: HeldBack, skip: boolean): Promise<void> {
    return this.inbox.retry(tx, held, (from, to) => this.storage.facts(held.stream, from, to), skip);
  }

  private poll(): void {
    this.timer = this.clock.after(POLL_MS, () => {
      this.poke();
      if (this.running) this.poll();
    });
  }
}

/**
 * The name under which it is shown, replayed and discarded. It names the fact too: an order that is given twice,
 * or late, never falls on the next one.
 */
export function letterId({ listener, stream, version }: Pick<HeldBack, 'listener' | 'stream' | 'version'>): string {
  return `${listener}:${stream}:${version}`;
}
