/** Thousands of short lives of small clusters, each from one seed: cuts, pauses, crashes, losses, a table that comes and goes. The laws are in `NodeModel` and `MembershipStage`. */
import { describe, expect, it } from 'vitest';
import { Membership } from '../../src/runtime/cluster/membership.js';
import type { Effect, Event } from '../../src/runtime/cluster/membership.words.js';
import { FAIR, FakeNetwork } from '../support/fake-network.js';
import { MembershipStage } from '../support/membership-stage.js';
import { NodeModel } from '../support/node-model.js';
import { runs } from '../support/runs.js';

const TROUBLE_MS = 16_000;
/** From the last heal to one view without suspicion: a lag that decays, a death that is declared, and a beat. */
const SETTLES_MS = 14_000;

type Cast = (network: FakeNetwork) => MembershipStage;
const honest: Cast = (network) => new MembershipStage(network);

function play(seed: number, cast: Cast = honest, record = false): { faults: string[]; network: FakeNetwork; stage: MembershipStage } {
  const network = new FakeNetwork({ seed, record, quiet: ['BEAT'] });
  const stage = cast(network);
  const names = Array.from({ length: network.between(2, 7) }, (_, i) => `n${i + 1}`);
  if (network.chance() < 0.6) {
    const [loss, duplication] = [network.chance() * 0.3, network.chance() * 0.2];
    network.weather = { loss: network.chance() < 0.5 ? 0 : loss, duplication, delay: [1, network.between(2, 400)] };
  }
  stage.model.lossy = 0.01;
  if (network.chance() < 0.5) stage.model.delay = [1, network.between(5, 900)];
  for (const name of names) network.after(network.between(0, 1500), () => stage.boot(name));
  for (let fault = network.between(1, 8); fault > 0; fault--) network.after(network.between(1500, TROUBLE_MS), () => trouble(stage, names));
  network.advance(TROUBLE_MS + 500);
  settle(stage, names);
  network.advance(SETTLES_MS);
  return { faults: stage.unsettled(), network, stage };
}

function trouble(stage: MembershipStage, names: readonly string[]): void {
  const { network, model } = stage;
  const [a, b] = [network.pick(names), network.pick(names)];
  const later = (run: () => void): void => void network.after(network.between(300, 9000), () => (run(), calm(stage)));
  calm(stage);
  switch (network.between(0, 8)) {
    case 0:
      return network.crash(a);
    case 1:
      network.crash(a);
      return stage.boot(a);
    case 2:
      network.pause(a);
      return later(() => network.resume(a));
    case 3:
      if (a !== b) network.cut(a, b);
      return;
    case 4:
      network.partition(names.slice(0, 1), names.slice(1));
      return;
    case 5:
      network.heal();
      return;
    case 6:
      model.down = true;
      return later(() => (model.down = false));
    case 7:
      model.cutOff.add(a);
      if (a !== b) network.cut(a, b);
      if (a !== b) network.cut(b, a);
      return later(() => model.cutOff.delete(a));
    default:
      return stage.actors.get(a)?.leave();
  }
}

function calm(stage: MembershipStage): void {
  stage.calmSince = stage.network.now;
}

function settle(stage: MembershipStage, names: readonly string[]): void {
  const { network, model } = stage;
  network.heal();
  network.weather = FAIR;
  model.delay = [1, 5];
  model.down = false;
  model.cutOff.clear();
  for (const name of names) network.resume(name);
  calm(stage);
}

/** The first seed that breaks a law. */
function search(count: number, cast?: Cast): { seed: number; faults: string[] } | undefined {
  for (let seed = 1; seed <= count; seed++) {
    const { faults } = play(seed, cast);
    if (faults.length > 0) return { seed, faults };
  }
  return undefined;
}

describe('membership under seeded trouble', () => {
  it('the dead stay dead, a number names one view, nobody fresh is condemned, and every cluster settles', { timeout: runs(60_000) }, () => {
    const found = search(runs(2000));
    expect(
      found,
      found && `seed ${found.seed}: ${found.faults.join('; ')}\n${play(found.seed, honest, true).network.transcript()}`,
    ).toBeUndefined();
  });

  it('the trouble is real: the searches see deaths, own deaths, pauses, suspicions, losses and cuts', () => {
    const seen = { deaths: 0, rebirths: 0, pauses: 0, suspicions: 0, lost: 0, cut: 0, duplicated: 0 };
    for (let seed = 1; seed <= 60; seed++) {
      const { network, stage } = play(seed);
      for (const { membership } of stage.actors.values()) {
        seen.deaths += membership.counters.deaths;
        seen.rebirths += membership.counters.rebirths;
        seen.pauses += membership.counters.pauses;
        seen.suspicions += membership.suspicions.count;
      }
      seen.lost += network.counts.lost;
      seen.cut += network.counts.cut;
      seen.duplicated += network.counts.duplicated;
    }
    for (const [what, times] of Object.entries(seen)) expect(times, what).toBeGreaterThan(5);
  });

  it('one seed is one run', () => {
    expect(play(11, honest, true).network.transcript()).toBe(play(11, honest, true).network.transcript());
  });
});

describe('a guard that is missing is found', () => {
  class Blind extends NodeModel {
    protected override untouched(): boolean {
      return true;
    }
  }
  class Reviving extends NodeModel {
    override touch(incarnation: string, known: number): ReturnType<NodeModel['touch']> {
      const row = this.rows.get(incarnation);
      if (row !== undefined) row.state = 'alive';
      return super.touch(incarnation, known);
    }
  }
  /** Takes whatever its touch found for a sign of life. */
  class Deaf extends Membership {
    override step(event: Event, now: number): Effect[] {
      return super.step(event.type === 'touched' && !event.alive ? { ...event, alive: true, reading: { view: 0 } } : event, now);
    }
  }
  const on = (model: new (now: () => number) => NodeModel): Cast => {
    return (network) => new MembershipStage(network, new model(() => network.now));
  };
  const but = (change: Partial<MembershipStage>): Cast => {
    return (network) => Object.assign(new MembershipStage(network), change);
  };

  it.each<[string, Cast, RegExp]>([
    ['without the compare-and-set on the last touch, a fresh one is condemned', on(Blind), /ms after a touch/],
    ['a touch that does not ask whether its incarnation still lives revives the dead', on(Reviving), /lives again/],
    [
      'an incarnation that does not read its own death lives on',
      but({ membership: (me) => new Deaf(me) }),
      /was dead, asked, and lives on/,
    ],
    ['without a second opinion, one is condemned whom the others hear', but({ secondOpinion: false }), /every other member hears/],
  ])('%s', (_, cast, fault) => {
    expect(search(runs(2000), cast)?.faults.join('\n')).toMatch(fault);
  });
});
