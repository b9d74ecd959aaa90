import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../test/support/virtual-clock.js';
import type { PublishedFact } from '../runtime/outbox/relay.js';
import { StorageUnavailable } from '../runtime/outbox/storage.js';
import { PubSub } from '../runtime/pubsub/pubsub.js';
import type { Topics } from '../runtime/machine.js';
import { Audience } from './audience.js';
import { Etats } from './etats.js';
import { Instance } from './instance.js';
import { type Sink, type SpectatorLimits, USUAL_LIMITS } from './spectator.js';

const NO_RATE: SpectatorLimits = { perSecond: 10_000, pendingBytes: 1_048_576 };

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
class Page implements Sink {
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
class Stage {
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
  };
  readonly instance = { maxStreams: 3 } as Instance;
  readonly audience = new Audience(this, this.instance, this.etats);

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

const range = (from: number, to: number): number[] => Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);

describe('a stream of facts (W1, F1)', () => {
  it('without an id: only what comes from now on', async () => {
    const stage = new Stage();
    stage.publish(3);
    const page = await stage.open();
    stage.publish(2);
    expect(page.ids).toEqual([4, 5]);
    expect(page.told('fait')[0]).toEqual({
      position: 4,
      agregat: 'sea_1',
      genre: 'seance',
      version: 4,
      type: 'MembreInscrit',
      instant: '1970-01-01T00:00:00.000Z',
      donnees: { membreId: 'mem_1' },
    });
  });

  it('with an id: what was missed first, then the rest', async () => {
    const stage = new Stage();
    stage.publish(1200);
    const page = await stage.open('100');
    await stage.clock.pass(50);
    stage.publish(1);
    expect(page.ids).toEqual(range(101, 1201));
  });

  it('what another instance publishes comes too, in its place', async () => {
    const stage = new Stage();
    const page = await stage.open();
    stage.publish(2, 'elsewhere');
    stage.publish(2);
    await stage.clock.pass(10);
    stage.publish(2, 'elsewhere');
    await stage.clock.pass(1100);
    expect(page.ids).toEqual(range(1, 6));
  });

  it('no gap and no duplicate, whoever publishes and whenever one joins', async () => {
    const step = fc.oneof(
      fc.record({
        do: fc.constant('publish' as const),
        count: fc.integer({ min: 1, max: 700 }),
        where: fc.constantFrom('here' as const, 'elsewhere' as const),
      }),
      fc.record({ do: fc.constant('join' as const), back: fc.integer({ min: 0, max: 900 }) }),
      fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 4 }) }),
      fc.record({ do: fc.constant('outage' as const), ms: fc.integer({ min: 1, max: 1500 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const stage = new Stage();
        Object.assign(stage.instance, { maxStreams: 100 });
        const pages: { page: Page; since: number }[] = [];
        for (const one of steps) {
          if (one.do === 'publish') stage.publish(one.count, one.where);
          else if (one.do === 'pass') await stage.clock.pass(one.ms);
          else if (one.do === 'join') {
            const since = Math.max(0, stage.facts.length - one.back);
            pages.push({ page: await stage.open(String(since)), since });
          } else {
            stage.down = true;
            await stage.clock.pass(one.ms);
            stage.down = false;
          }
        }
        await stage.clock.pass(3_000);
        for (const { page, since } of pages) {
          const last = page.ended ? since + page.ids.length : stage.facts.length;
          expect([page.ids, page.told('relire_tout')]).toEqual([range(since + 1, last), []]);
        }
      }),
      { numRuns: 150 },
    );
  });

  it.each(['-1', '1e3', 'douze', '99999999999999999999', '4'])('an id that was never given (%s): relire_tout, then live', async (id) => {
    const stage = new Stage();
    stage.publish(3);
    const page = await stage.open(id);
    await stage.clock.pass(20);
    stage.publish(1);
    expect(page.events.map(({ event, id }) => [event, id])).toEqual([
      ['relire_tout', 3],
      ['fait', 4],
    ]);
  });

  it('an id of another instance that this one has not heard of yet is no unknown id', async () => {
    const stage = new Stage();
    await stage.open();
    stage.publish(5, 'elsewhere');
    const page = await stage.open('5');
    await stage.clock.pass(20);
    stage.publish(1);
    expect([page.ids, page.told('relire_tout')]).toEqual([[6], []]);
  });

  it('an id too far back, or whose facts are gone: relire_tout, then live', async () => {
    const stage = new Stage();
    stage.publish(10_001);
    const page = await stage.open('0');
    await stage.clock.pass(20);
    expect([page.told('relire_tout'), page.ids]).toEqual([[{ raison: 'position_trop_ancienne' }], []]);
    stage.facts.splice(0, 9_900);
    const other = await stage.open('9800');
    await stage.clock.pass(20);
    stage.publish(1);
    expect([other.told('relire_tout'), other.ids]).toEqual([[{ raison: 'position_trop_ancienne' }], [10_002]]);
  });
});

describe('what bounds a stream', () => {
  it('at most 50 messages in any second: facts come later rather than not at all', async () => {
    const stage = new Stage();
    const page = await stage.open(undefined, USUAL_LIMITS);
    stage.publish(100);
    expect(page.ids).toEqual(range(1, 40));
    await stage.clock.pass(1_000);
    expect(page.ids).toEqual(range(1, 80));
    stage.publish(1);
    await stage.clock.pass(1_000);
    expect(page.ids).toEqual(range(1, 101));
  });

  it('under any load: never more than 50 messages in a second, every fact once and in order, every state shown or named', async () => {
    const burst = fc.record({
      count: fc.integer({ min: 1, max: 90 }),
      subject: fc.integer({ min: 1, max: 40 }),
      ms: fc.integer({ min: 0, max: 400 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(burst, { maxLength: 30 }), async (bursts) => {
        const stage = new Stage();
        stage.etats.show('seance', (ids) => Promise.resolve(new Map(ids.map((id) => [id, { id }]))));
        const page = await stage.open(undefined, USUAL_LIMITS);
        const seen: { at: number; upTo: number }[] = [];
        const pass = async (ms: number): Promise<void> => {
          for (let passed = 0; passed <= ms; passed += 50) {
            seen.push({ at: stage.clock.monotonic(), upTo: page.events.length });
            await stage.clock.pass(50);
          }
        };
        for (const { count, subject, ms } of bursts) {
          stage.publish(count, 'here', `sea_${subject}`);
          await pass(ms);
        }
        await pass((stage.facts.length / 40 + 3) * 1000);
        for (const from of seen) {
          const before = seen.filter((to) => to.at > from.at && to.at < from.at + 1000).at(-1);
          if (before !== undefined) expect(before.upTo - from.upTo).toBeLessThanOrEqual(50);
        }
        expect(page.ids).toEqual(range(1, stage.facts.length));
        const told = new Set([...page.told('seance').map(({ id }) => id), ...page.told('relire').map(({ sujet }) => sujet)]);
        const everything = page.told('relire_tout').length > 0;
        for (const { stream } of stage.facts) expect(told.has(stream) || everything).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  it('a stream more than 5,000 facts late is told relire_tout, and goes on from now', async () => {
    const stage = new Stage();
    const page = await stage.open(undefined, USUAL_LIMITS);
    for (let i = 0; i < 12; i++) stage.publish(1_000);
    await stage.clock.pass(30_000);
    expect(page.ids).toEqual([...range(1, 40), ...range(11_001, 12_000)]);
    expect(page.events[40]).toEqual({ event: 'relire_tout', id: 11_000, data: { raison: 'trop_de_faits' } });
  });

  it('past 25 states passed over: one relire_tout', async () => {
    const stage = new Stage();
    stage.etats.show('seance', (ids) => Promise.resolve(new Map(ids.map((id) => [id, { id }]))));
    const page = await stage.open(undefined, USUAL_LIMITS);
    for (let i = 0; i < 100; i++) stage.publish(1, 'here', `sea_${i}`);
    await stage.clock.pass(2_000);
    expect([page.told('relire'), page.told('relire_tout')]).toEqual([[], [{ raison: 'trop_de_changements' }]]);
  });

  it('a reader that does not read is told relire_tout, ended, then cut; the others read on', async () => {
    const stage = new Stage();
    const [slow, quick] = [await stage.open(), await stage.open()];
    slow.reads = false;
    stage.publish(9_000);
    expect([slow.ended, slow.events.at(-1)?.data]).toEqual([true, { raison: 'lecture_trop_lente' }]);
    stage.publish(1);
    expect([quick.ended, quick.ids.at(-1)]).toEqual([false, 9_001]);
    await stage.clock.pass(5_000);
    expect([slow.wasCut, quick.wasCut, stage.audience.size]).toEqual([true, false, 1]);
  });

  it('a replay goes at the reader’s pace, and gives up on one that stops', async () => {
    const stage = new Stage();
    stage.publish(2_000);
    const page = await stage.open('0');
    page.reads = false;
    await stage.clock.pass(100);
    expect(page.ids.length).toBe(500);
    page.read();
    await stage.clock.pass(100);
    expect(page.ids.length).toBe(1_000);
    await stage.clock.pass(31_000);
    expect([page.ended, stage.audience.size]).toEqual([true, 0]);
  });

  it('so many streams and no more', async () => {
    const stage = new Stage();
    const page = await stage.open();
    await stage.open();
    await stage.open();
    await expect(stage.audience.reserve()).rejects.toMatchObject({ code: 'surcharge' });
    stage.audience.end();
    expect([page.ended, stage.audience.size]).toEqual([true, 0]);
    await stage.open();
    expect(stage.audience.size).toBe(1);
  });

  it('a heartbeat every 15 seconds', async () => {
    const stage = new Stage();
    const page = await stage.open();
    await stage.clock.pass(14_900);
    expect(page.text).toBe('');
    await stage.clock.pass(100);
    expect(page.text).toBe(':\n\n');
    await stage.clock.pass(45_000);
    expect(page.text).toBe(':\n\n'.repeat(4));
  });

  it('with nobody there nothing is read, no timer runs (W3)', async () => {
    const stage = new Stage();
    await stage.open();
    stage.audience.end();
    await stage.clock.pass(10_000);
    const { reads } = stage;
    await stage.clock.pass(60_000);
    expect([stage.reads, stage.clock.armed]).toEqual([reads, 0]);
  });

  it('a database out of reach refuses at the door, and leaves no place taken', async () => {
    const stage = new Stage();
    stage.down = true;
    await expect(stage.audience.reserve()).rejects.toThrow(StorageUnavailable);
    expect([stage.audience.size, stage.clock.armed]).toEqual([0, 0]);
  });

  it('after its end no stream begins (W4)', async () => {
    const stage = new Stage();
    const page = await stage.open();
    stage.audience.onModuleDestroy();
    expect(page.ended).toBe(true);
    await expect(stage.audience.reserve()).rejects.toMatchObject({ code: 'arret_en_cours' });
  });
});

describe('states', () => {
  const withStates = (): { stage: Stage; asked: string[][] } => {
    const stage = new Stage();
    const asked: string[][] = [];
    stage.etats.show('seance', async (ids) => {
      asked.push([...ids]);
      return new Map(ids.map((id) => [id, { id, version: stage.facts.length }]));
    });
    return { stage, asked };
  };

  it('whole, without an id, at most 4 times a second each, read once for all', async () => {
    const { stage, asked } = withStates();
    const pages = [await stage.open(), await stage.open()];
    for (let i = 0; i < 100; i++) {
      stage.publish(1);
      await stage.clock.pass(10);
    }
    await stage.clock.pass(250);
    for (const page of pages) {
      expect(page.told('seance').length).toBeLessThanOrEqual(5);
      expect(page.events.filter(({ event }) => event === 'seance').at(-1)).toEqual({
        event: 'seance',
        id: undefined,
        data: { id: 'sea_1', version: 100 },
      });
    }
    expect(asked.length).toBe(pages[0]!.told('seance').length);
  });

  it('a state that cannot be read is named instead', async () => {
    const stage = new Stage();
    stage.etats.show('seance', () => Promise.reject(new StorageUnavailable('down')));
    const page = await stage.open();
    stage.publish(1);
    await stage.clock.pass(600);
    expect(page.told('relire')).toEqual([{ sujet: 'sea_1', genre: 'seance' }]);
  });
});
