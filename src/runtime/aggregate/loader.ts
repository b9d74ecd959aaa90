/**
 * Brings streams back from the database, many in one read: what one event-loop turn asks for is loaded together. First the roots, then their companions,
 * then their timers: what was written in between has moved a head that was read before it, so whatever rests on it is fenced.
 *
 * After an ambiguous commit the read first waits for the transaction that may still hold the heads; only then are the demandes that it carried
 * looked up: found ones are answered as stored, the others have provably not been executed (A4).
 */
import type { Clock } from '../clock.js';
import { answerStored } from '../outbox/condemn.js';
import type { Storage, StoredStream } from '../outbox/storage.js';
import type { Activation } from './activation.js';
import type { AnyAggregate } from './aggregate.js';
import { demandeKey } from './demande-key.js';
import { Recollection } from './recollection.js';
import type { Ticket } from './ticket.js';

/** Streams in one read: large enough to amortise the query, small enough not to hold the event loop for long while folding. */
const BATCH = 1000;

export interface LoaderPort {
  readonly aggregate: AnyAggregate;
  /** The stream cannot be folded: a bug, or a corrupt journal. */
  crashed(activation: Activation, error: unknown): void;
  /** Its head says that it is in quarantine until the wall instant `until`. False: it may live. */
  quarantined(activation: Activation, until: number): boolean;
  report(message: string, error: unknown): void;
}

export class Loader {
  private pending = new Map<Activation, number>();
  private scheduled = false;
  private backoffMs = 0;

  constructor(
    private readonly storage: Storage,
    private readonly clock: Clock,
    private readonly port: LoaderPort,
  ) {}

  /** Activations whose state is on its way. */
  loading(): IterableIterator<Activation> {
    return this.pending.keys();
  }

  get size(): number {
    return this.pending.size;
  }

  /** Loads it with the next batch; a second call for the same life changes nothing. */
  load(activation: Activation): void {
    this.pending.set(activation, activation.beginLife());
    this.schedule();
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    const wake = (): void => void this.run();
    if (this.backoffMs > 0) this.clock.after(this.backoffMs, wake);
    else this.clock.soon(wake);
  }

  private async run(): Promise<void> {
    const batch = [...this.pending].slice(0, BATCH);
    try {
      const found = await this.read(batch.map(([activation]) => activation));
      this.backoffMs = 0;
      for (const [activation, life] of batch) {
        // Asked for again meanwhile: that newer life is loaded by a later batch.
        if (this.pending.get(activation) !== life) continue;
        this.pending.delete(activation);
        this.revive(activation, life, found.get(activation)!);
      }
    } catch (error) {
      // Stays pending: the database is a state, not an event. Callers are answered when their time is up.
      if (this.backoffMs === 0) this.port.report('Streams cannot be read from the database', error);
      this.backoffMs = Math.min(500, Math.max(20, this.backoffMs * 2));
    }
    this.scheduled = false;
    if (this.pending.size > 0) this.schedule();
  }

  private async read(activations: readonly Activation[]): Promise<Map<Activation, Recollection>> {
    const streams = await this.readRoots(activations);
    const { aggregate } = this.port;
    const found = new Map(activations.map((one) => [one, new Recollection(aggregate, one.stream, streams.get(one.stream))]));
    if (aggregate.companions !== undefined) await this.readCompanions(found);
    if (aggregate.timers !== undefined) await this.readTimers([...found.values()]);
    return found;
  }

  private async readRoots(activations: readonly Activation[]): Promise<Map<string, StoredStream>> {
    const unsure = activations.flatMap((activation) =>
      [...activation.waiting()].filter((ticket) => ticket.ambiguous).map((ticket) => [activation, ticket] as const),
    );
    const settled = unsure.length > 0 || activations.some((activation) => activation.unsettled);
    const loaded = await this.storage.load(
      activations.map((activation) => activation.stream),
      settled,
    );
    if (unsure.length > 0) await this.settle(unsure);
    const streams = new Map<string, StoredStream>();
    for (const stream of loaded) streams.set(stream.stream, await this.complete(stream));
    return streams;
  }

  /** Whoever moves a companion holds the head of its root: what was in flight has ended already. */
  private async readCompanions(found: ReadonlyMap<Activation, Recollection>): Promise<void> {
    const names = new Set<string>();
    for (const [activation, one] of found) for (const name of one.companions(() => activation.wanted())) names.add(name);
    const streams = new Map<string, StoredStream>();
    for (const part of slices([...names])) for (const stored of await this.storage.load(part)) streams.set(stored.stream, stored);
    for (const one of found.values()) one.bring(streams);
  }

  private async readTimers(found: readonly Recollection[]): Promise<void> {
    const byRoot = new Map(found.map((one) => [one.stream, one]));
    for (const timer of await this.storage.timersOf([...byRoot.keys()])) byRoot.get(timer.root)?.timers.push(timer);
  }

  private async settle(unsure: readonly (readonly [Activation, Ticket])[]): Promise<void> {
    const keys = unsure.map(([, ticket]) => [ticket.envelope.scope, ticket.envelope.id] as const);
    const stored = new Map((await this.storage.demandes(keys, true)).map((one) => [demandeKey(one.scope, one.id), one]));
    for (const [activation, ticket] of unsure) {
      const found = stored.get(demandeKey(ticket.envelope.scope, ticket.envelope.id));
      if (found !== undefined) answerStored(ticket, found, activation.stream);
      ticket.ambiguous = false;
    }
  }

  /** A snapshot of another format is ignored: the facts that it stands for are read instead. */
  private async complete(stored: StoredStream): Promise<StoredStream> {
    if (stored.snapshot === undefined || stored.snapshot.format === this.port.aggregate.snapshot?.format) return stored;
    const before = await this.storage.facts(stored.stream, 0, stored.snapshot.version);
    const { snapshot: _, ...rest } = stored;
    return { ...rest, facts: [...before, ...stored.facts] };
  }

  private revive(activation: Activation, life: number, found: Recollection): void {
    if (activation.life !== life) return;
    const { quarantinedUntil } = found;
    if (quarantinedUntil !== undefined && this.port.quarantined(activation, quarantinedUntil)) return;
    try {
      activation.revive(life, found.revived());
    } catch (error) {
      this.port.crashed(activation, error);
    }
  }
}

function* slices(names: readonly string[]): IterableIterator<readonly string[]> {
  for (let from = 0; from < names.length; from += BATCH) yield names.slice(from, from + BATCH);
}
