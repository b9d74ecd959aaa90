/** Thousands of elections in bad weather: what must never happen, what must happen in the end, and that taking out a guard is noticed. */
import { describe, expect, it } from 'vitest';
import { Elector } from '../../src/modules/health/elector.js';
import { backOffMs } from '../../src/modules/health/damping.js';
import { step } from '../../src/modules/health/bully.js';
import { LEASE_MS, SUSPECT_MS } from '../../src/runtime/cluster/timing.js';
import { BullyStage, type Step } from '../support/bully-stage.js';
import { ElectionStage } from '../support/election-stage.js';
import type { Weather } from '../support/fake-network.js';
import { runs } from '../support/runs.js';

const STORM: Weather = { loss: 0.1, duplication: 0.1, delay: [1, 60] };
const FAIR: Weather = { loss: 0, duplication: 0, delay: [1, 5] };
/** From the last heal: a suspicion, the rest of a lease, a question to the row, and the elections around them. */
const AGREED_MS = 3 * SUSPECT_MS + LEASE_MS;

/** Crashes, pauses, cuts and absences of the database, half of them at the leader, between 0 and 3 s apart. */
function play(seed: number, mutant: Step = step, fenced = true, record = false): BullyStage {
  const stage = new BullyStage(seed, STORM, mutant, fenced, record);
  const { network } = stage;
  const ids = Array.from({ length: network.between(2, 7) }, (_, i) => `n${i + 1}`);
  for (const id of ids) network.after(network.between(0, 400), () => stage.boot(id));
  network.advance(network.between(500, 4_000));
  for (let faults = network.between(4, 16); faults > 0; faults--) {
    fault(stage, ids);
    network.advance(network.between(0, 3_000));
  }
  return stage;
}

function fault(stage: BullyStage, ids: readonly string[]): void {
  const { network } = stage;
  const leader = stage.living.find(({ leads }) => leads)?.me.id;
  const id = leader !== undefined && network.chance() < 0.5 ? leader : network.pick(ids);
  const later = (run: () => void): unknown => network.after(network.between(200, 8_000), run);
  switch (network.between(0, 6)) {
    case 0:
      if (network.node(id) === undefined) return;
      stage.crash(id);
      return void later(() => stage.boot(id));
    case 1:
      network.pause(id);
      return void later(() => network.resume(id));
    case 2:
      return ids.forEach((other) => other !== id && network.cut(id, other));
    case 3:
      return ids.forEach((other) => other !== id && network.cut(other, id));
    case 4:
      return network.partition(ids.slice(0, ids.length / 2), ids.slice(ids.length / 2));
    case 5:
      stage.cutOff.add(network.pick([id, id, 'all']));
      return void later(() => stage.cutOff.clear());
    case 6:
      return network.heal();
  }
}

/** Ends every fault; tells how long it took until all agreed, or `Infinity`. */
function heal(stage: BullyStage): number {
  const { network } = stage;
  network.advance(8_000);
  network.heal();
  stage.cutOff.clear();
  network.weather = FAIR;
  const from = network.now;
  while (!stage.agreed && network.now - from < AGREED_MS) network.advance(20);
  const took = network.now - from;
  // A suspicion that began before the heal may still end in a question.
  network.advance(SUSPECT_MS);
  const { asked } = stage;
  // And it stays so: a leader that is heard needs no election.
  network.advance(2 * SUSPECT_MS);
  // A higher instance may be taking over at this very moment.
  for (let tries = 0; !stage.agreed && tries < 5; tries++) network.advance(20);
  return stage.agreed && stage.asked === asked ? took : Infinity;
}

/** How many of these seeds go wrong. */
function wrong(seeds: number, mutant: Step, fenced = true): number {
  return Array.from({ length: seeds }, (_, seed) => play(seed, mutant, fenced)).filter((stage) => {
    const agreed = heal(stage);
    return agreed === Infinity || stage.broken.length > 0;
  }).length;
}

describe('elections in a storm', () => {
  it('effects never go back to an earlier term; after the last heal one leads and all know it', { timeout: 120_000 * runs(1) }, () => {
    const seen = { changes: 0, effects: 0, slowest: 0 };
    for (let seed = 0; seed < runs(1000); seed++) {
      const stage = play(seed);
      const agreed = heal(stage);
      expect([stage.broken, agreed < Infinity], `seed ${seed}`).toEqual([[], true]);
      expect(new Set(stage.granted.map(({ term }) => term)).size, `seed ${seed}: a term is granted once`).toBe(stage.granted.length);
      seen.changes += stage.granted.length;
      seen.effects += stage.effects;
      seen.slowest = Math.max(seen.slowest, agreed);
    }
    // A storm in which nothing happened would prove nothing.
    expect(seen.changes).toBeGreaterThan(2 * runs(1000));
    expect(seen.effects).toBeGreaterThan(50 * runs(1000));
  });

  it('the same seed plays the same run', () => {
    const played = [play(7, step, true, true), play(7, step, true, true)].map(({ network }) => network.transcript());
    expect(played[0]).toBe(played[1]);
    expect(played[0]).toContain('leads (term 2)');
  });
});

describe('the whole machinery in a storm', () => {
  it(
    'crashes, pauses, cuts: one leader per term, no effect of an ended one, and agreement after the heal',
    { timeout: 120_000 * runs(1) },
    async () => {
      for (let seed = 0; seed < runs(120); seed++) {
        const on = new ElectionStage({
          seed,
          elector: Elector,
          rough: seed % 2 === 1,
          weather: { loss: 0.05, duplication: 0.1, delay: [1, 50] },
        });
        const { network } = on;
        const ids = on.bootAll(network.between(2, 5));
        for (let faults = 6; faults > 0; faults--) {
          await network.pass(network.between(200, 2_500));
          const id = network.chance() < 0.6 ? (on.leaders[0]?.node.name ?? ids[0]!) : network.pick(ids);
          await disturb(on, id, network.between(0, 4));
        }
        await network.pass(4_000);
        network.heal();
        on.cutOff.clear();
        for (const id of ids) {
          network.resume(id);
          if (network.node(id) === undefined) on.boot(id);
        }
        await network.until(() => on.agreed, 15_000);
        expect(on.broken, `seed ${seed}`).toEqual([]);
      }
    },
  );

  async function disturb(on: ElectionStage, id: string, how: number): Promise<void> {
    const { network } = on;
    if (how === 0) network.crash(id);
    else if (how === 1) network.pause(id);
    else if (how === 2)
      network.partition(
        [id],
        [...on.instances.keys()].filter((other) => other !== id),
      );
    else if (how === 3) on.cutOff.add(id);
    else network.heal();
    network.after(network.between(500, 5_000), () => {
      network.resume(id);
      on.cutOff.delete(id);
      if (network.node(id) === undefined) on.boot(id);
    });
  }
});

describe('a highest instance that flaps', () => {
  /** How often it is given the lead by a lower one within `minutes`, up for `upMs` and down for `downMs`. */
  const given = (upMs: number, downMs: number, minutes: number, mutant: Step = step): number => {
    const stage = new BullyStage(1, FAIR, mutant);
    for (const id of ['n1', 'n2', 'n3']) stage.boot(id);
    for (const end = minutes * 60_000; stage.network.now < end; stage.network.advance(downMs)) {
      stage.network.advance(upMs);
      stage.crash('n3');
      stage.network.after(downMs, () => stage.boot('n3'));
    }
    return stage.granted.filter(({ id, cause }) => id === 'n3' && cause === 'preemption').length;
  };

  it('is never given the lead while it stays for less than the shortest back-off', () => expect(given(3_000, 6_000, 10)).toBe(0));

  it.each([15_000, 25_000, 50_000, 100_000])('leads at most once per back-off when it stays for %d ms', (upMs) => {
    // Each time it comes back it must be steady for twice as long: soon longer than it stays.
    const fits = Array.from({ length: 6 }, (_, flaps) => backOffMs(flaps)).filter((backOff) => backOff < upMs).length;
    expect(given(upMs, 6_000, 30)).toBeLessThanOrEqual(fits);
  });

  it('without damping it takes the lead each time', () => {
    expect(given(3_000, 6_000, 10, impatient)).toBeGreaterThan(20);
  });
});

/** A higher instance is steady as soon as it is heard. */
const impatient: Step = (state, event, at) => {
  const standings = new Map([...state.standings].map(([id, standing]) => [id, { ...standing, since: -Infinity, flaps: 0 }]));
  return step({ ...state, standings }, event, at);
};

describe('a guard taken out is noticed', () => {
  const mutants: readonly (readonly [name: string, mutant: Step, fenced: boolean])[] = [
    ['effects are not fenced', step, false],
    [
      'a leader beats to nobody (rule 9)',
      (state, event, at) => {
        const next = step(state, event, at);
        return { ...next, effects: next.effects.filter((effect) => effect.do !== 'send' || effect.message.is !== 'heartbeat') };
      },
      true,
    ],
    [
      'nobody claims again when the lease has run out (rule 6)',
      (state, event, at) => {
        const next = step(state, event, at);
        const { phase } = next.state;
        return phase.is === 'waiting' ? { ...next, state: { ...next.state, phase: { ...phase, until: Infinity } } } : next;
      },
      true,
    ],
  ];

  it.each(mutants)('%s', (_, mutant, fenced) => expect(wrong(60, mutant, fenced)).toBeGreaterThan(0));

  /** The last leader is gone and the next one has no database: who leads then. */
  const withoutDatabase = (mutant: Step): string | undefined => {
    const stage = new BullyStage(1, FAIR, mutant);
    for (const id of ['n3', 'n2', 'n1']) stage.boot(id);
    stage.network.advance(2_000);
    stage.cutOff.add('n2');
    stage.crash('n3');
    stage.network.advance(LEASE_MS + 2 * SUSPECT_MS);
    return stage.agreed ? stage.lease.holder : undefined;
  };
  it('an instance without the database stands in nobody’s way (rule 10)', () => {
    expect(withoutDatabase(step)).toBe('n1');
    expect(withoutDatabase((state, event, at) => step(state, event, { ...at, contact: at.now }))).toBeUndefined();
  });

  /** Who leads for n2 after a word of the first leader that was long on its way. */
  const afterLateWord = (mutant: Step): string | undefined => {
    const stage = new BullyStage(1, FAIR, mutant);
    const first = stage.boot('n1');
    stage.network.advance(1_000);
    const n2 = stage.boot('n2');
    stage.network.advance(1_000);
    stage.network.pause('n1');
    stage.network.advance(LEASE_MS + 2 * SUSPECT_MS);
    n2.happen({ is: 'message', from: first.me, message: { is: 'coordinator', term: 1 } });
    return n2.state.leader?.id;
  };
  it('an earlier term is not followed (rule 8)', () => {
    expect(afterLateWord(step)).toBe('n2');
    const deaf: Step = (state, event, at) => {
      if (event.is !== 'message') return step(state, event, at);
      const message = { ...event.message, term: Math.max(event.message.term, state.term + 1) };
      return step(state, { ...event, message }, at);
    };
    expect(afterLateWord(deaf)).toBe('n1');
  });
});
