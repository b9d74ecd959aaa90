import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Page, range, Stage } from '../../test/support/flux-stage.js';
import { StorageUnavailable } from '../runtime/outbox/storage.js';
import { runs } from '../../test/support/runs.js';

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
      {
        numRuns: runs(150),
        // One that comes back far behind while another instance publishes: what it reads may hold more than the live ones have heard.
        examples: [
          [
            [
              { do: 'publish', count: 195, where: 'here' },
              { do: 'join', back: 1 },
              { do: 'publish', count: 306, where: 'elsewhere' },
              { do: 'join', back: 501 },
            ],
          ],
        ],
      },
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
