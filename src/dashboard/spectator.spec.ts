import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { range, Stage } from '../../test/support/flux-stage.js';
import { USUAL_LIMITS } from './spectator.js';

/** A comment for what stands on the way, an event for the page. */
const BEAT = ':\nevent: battement\ndata: {}\n\n';

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

  it('a stream that is late loses facts, and no state: what was passed over is still named', async () => {
    const stage = new Stage();
    stage.etats.show('seance', () => Promise.reject(new Error('no state')));
    const page = await stage.open(undefined, USUAL_LIMITS);
    stage.publish(1_000, 'here', 'sea_first');
    await stage.clock.pass(300);
    for (let i = 0; i < 11; i++) stage.publish(1_000, 'here', 'sea_second');
    await stage.clock.pass(1_000);
    expect(page.told('relire_tout')).toEqual([{ raison: 'trop_de_faits' }]);
    expect(page.told('relire').map(({ sujet }) => sujet)).toEqual(expect.arrayContaining(['sea_first', 'sea_second']));
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
    expect(page.text).toBe(BEAT);
    await stage.clock.pass(45_000);
    expect(page.text).toBe(BEAT.repeat(4));
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

  it('after its end no stream begins (W4)', async () => {
    const stage = new Stage();
    const page = await stage.open();
    stage.audience.onModuleDestroy();
    expect(page.ended).toBe(true);
    await expect(stage.audience.reserve()).rejects.toMatchObject({ code: 'arret_en_cours' });
  });
});
