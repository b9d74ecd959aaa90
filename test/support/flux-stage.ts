import { Audience } from '../../src/dashboard/audience.js';
import type { Board } from '../../src/dashboard/board.js';
import { Etats } from '../../src/dashboard/etats.js';
import type { Instance } from '../../src/dashboard/instance.js';
import type { Sink, SpectatorLimits } from '../../src/dashboard/spectator.js';
import type { Topics } from '../../src/runtime/machine.js';
import type { PublishedFact } from '../../src/runtime/outbox/relay.js';
import { StorageUnavailable } from '../../src/runtime/outbox/storage.js';
import { PubSub } from '../../src/runtime/pubsub/pubsub.js';
import { VirtualClock } from './virtual-clock.js';

/** Facts as fast as they come. */
export const NO_RATE: SpectatorLimits = { perSecond: 10_000, pendingBytes: 1_048_576 };

const fact = (position: number, stream = 'sea_1'): PublishedFact => ({
  stream,
  kind: 'seance',
  version: position,
  type: 'MembreInscrit',
  data: { membreId: 'mem_1' },
  demande: 'd',
  acteur: null,
  instant: 0,
  format: 1,
  position,
});

/** A page that reads, or not. */
export class Page implements Sink {
  text = '';
  pending = 0;
  reads = true;
  ended = false;
  wasCut = false;
  private waiting: (() => void)[] = [];

  write(piece: Buffer): void {
    if (this.ended) throw new Error('written after its end');
    this.text += piece.toString();
    if (!this.reads) this.pending += piece.length;
  }
  get full(): boolean {
    return this.pending > 0;
  }
  whenDrained(then: () => void): void {
    this.waiting.push(then);
  }
  read(): void {
    this.pending = 0;
    for (const then of this.waiting.splice(0)) then();
  }
  end(): void {
    this.ended = true;
  }
  cut(): void {
    this.wasCut = true;
  }

  /** What a browser would hand to the page. */
  get events(): { readonly event: string; readonly id: number | undefined; readonly data: Record<string, unknown> }[] {
    return [...this.text.matchAll(/(?:id: (\d+)\n)?event: (\w+)\ndata: (.*)\n\n/g)].map(([, id, event, data]) => ({
      event: event!,
      id: id === undefined ? undefined : Number(id),
      data: JSON.parse(data!) as Record<string, unknown>,
    }));
  }
  get ids(): (number | undefined)[] {
    return this.events.filter(({ event }) => event === 'fait').map(({ id }) => id);
  }
  told(event: string): Record<string, unknown>[] {
    return this.events.filter((one) => one.event === event).map(({ data }) => data);
  }
}

/** An instance whose relay publishes when told; what another instance publishes is only in the database. */
export class Stage {
  readonly clock = new VirtualClock();
  readonly topics = new PubSub<Topics>(() => undefined);
  readonly facts: PublishedFact[] = [];
  readonly etats = new Etats();
  reads = 0;
  down = false;
  /** Reads answer a turn later than asked, as a real database does. */
  readonly storage = {
    published: async (after: number, limit: number): Promise<PublishedFact[]> => {
      await this.answer();
      const found = this.facts.filter((one) => one.position > after).slice(0, limit);
      await this.answer();
      return found;
    },
    backlog: async () => {
      await this.answer();
      return { facts: 0, bounded: false, oldest: null, position: this.facts.at(-1)?.position ?? 0, letters: [] };
    },
    demandes: () => Promise.resolve([]),
    timers: () => Promise.resolve([]),
    dueBacklog: () => Promise.resolve({ due: 0, bounded: false, oldest: null }),
  };
  readonly instance = { maxStreams: 3 } as Instance;
  /** What is shown whole: nothing, unless a test says otherwise. */
  board: Pick<Board, 'whole' | 'changes' | 'forget'> = { whole: () => [], changes: () => [], forget: () => undefined };
  readonly audience = new Audience(this, this.instance, this.etats, {
    whole: () => this.board.whole(),
    changes: () => this.board.changes(),
    forget: () => this.board.forget(),
  });

  private answer(): Promise<void> {
    this.reads++;
    if (this.down) throw new StorageUnavailable('down');
    return new Promise((resolve) => this.clock.after(1, resolve));
  }

  publish(count: number, where: 'here' | 'elsewhere' = 'here', stream?: string): void {
    const batch = Array.from({ length: count }, (_, i) => fact((this.facts.at(-1)?.position ?? 0) + i + 1, stream));
    this.facts.push(...batch);
    if (where === 'here') this.topics.publish('facts', batch);
  }

  async open(since?: string, limits: SpectatorLimits = NO_RATE): Promise<Page> {
    const page = new Page();
    const reserved = this.audience.reserve();
    await this.clock.pass(5);
    await reserved;
    this.audience.seat(page, since, limits);
    return page;
  }
}

/** From `from` to `to`, both included. */
export const range = (from: number, to: number): number[] => Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
