/**
 * A replica dies at every point where it meets its store, one run per point; the next process takes over on the same store, and every
 * demande is sent again. What was acknowledged is there, nothing counts twice, and no right is spent twice.
 */
import { describe, expect, it } from 'vitest';
import { rights } from '../../src/modules/crdt/bounded-counter.js';
import type { Delta } from '../../src/modules/crdt/counters.js';
import type { Store } from '../../src/modules/crdt/store.js';
import { change, recount, ReplicaStage, undo } from '../support/replica-stage.js';

/** Counts the points at which a store is called; from the `last` one on, nobody answers and nothing is done. */
class Points {
  readonly names: string[] = [];
  dead = false;

  constructor(private readonly last = Infinity) {}

  readonly on = (store: Store): Store =>
    new Proxy(store, {
      get:
        (target, name: keyof Store) =>
        async (...args: never[]) => {
          if (name === 'open') return target.open();
          const silence = new Promise<never>(() => undefined);
          if (!this.passes(`before ${name}`)) return silence;
          const result: unknown = await (target[name] as (...given: never[]) => Promise<unknown>)(...args);
          return this.passes(`after ${name}`) ? result : silence;
        },
    });

  private passes(name: string): boolean {
    if (this.dead) return false;
    this.names.push(name);
    this.dead = this.names.length > this.last;
    return !this.dead;
  }
}

const PEER = '019b8f50-dd00-7cb8-adfe-747d23673f27';
const MINUTE = 60_000;

/** What is sent, in groups; a group's members meet in one commit. Every amount is attributable. */
const story = (undone: string) => [
  [['m1', change(1)], ['m2', change(20)], ['m3', change(300)]],
  [['m4', change(40, 'tote')], ['m2', change(20)]],
  [['m5', change(-10, 'tote')], ['m6', undo(undone)]],
  [['m7', recount(400)], ['m8', recount(25, 'tote')]],
] as const; // prettier-ignore

interface Life {
  readonly stage: ReplicaStage;
  /** id → answer, of those that were answered. */
  readonly told: Map<string, string>;
}

/** Plays the story: what is heard of a peer and given to it too. Waits for nothing that does not come. */
async function play({ stage, told }: Life, peer: readonly Delta[], undone?: string): Promise<string> {
  let target = undone ?? '';
  // Time enough for the archive to take the former slot, out of which rights are moved later.
  await stage.clock.pass(11 * MINUTE);
  for (const group of story(target)) {
    const sent = group.map(([id, operation]) => {
      const asked = operation.type === 'undo' ? undo(target) : operation;
      return [id, stage.begin(asked, { id, hash: id, withinMs: 100 })] as const;
    });
    await stage.clock.pass(1);
    for (const [id, { answered }] of sent) {
      if (answered?.outcome.is !== 'done') continue;
      told.set(id, `${answered.outcome.answer.mouvementId} ${answered.outcome.answer.valeur}`);
      if (id === 'm1') target = answered.outcome.answer.mouvementId;
    }
    void stage.replica.merge(peer[0]!).catch(() => undefined);
    void stage.replica.give('tote', PEER, 5n).catch(() => undefined);
    void stage.replica.adopt().catch(() => undefined);
    await stage.clock.pass(1);
  }
  return target;
}

async function run(points: Points): Promise<void> {
  const peer = await ReplicaStage.open({ id: 'b' });
  await peer.done(change(5000));
  const deltas = peer.deltas();
  let as = (store: Store): Store => store;
  const stage = await ReplicaStage.open({ as: (store) => as(store) });
  await stage.done(change(7, 'tote'), { id: 'm0' });
  as = points.on;
  await stage.reboot();
  const first = { stage, told: new Map<string, string>() };
  const undone = await play(first, deltas);
  as = (store) => store;
  await stage.reboot();
  const given = (): bigint => rights(stage.replica.counters.counter('tote')!, PEER);
  const sums = stage.store
    .image()
    .movements.reduce((all, { product, by }) => all.set(product, (all.get(product) ?? 0n) + by), new Map<string, bigint>());
  const heard = stage.replica.counters.vector.has(deltas[0]!.slot) ? 5000n : 0n;
  expect([stage.value(), stage.value('tote')]).toEqual([(sums.get('cafe') ?? 0n) + heard, sums.get('tote') ?? 0n]);
  expect(given() + stage.replica.frozen('tote')).toBe(stage.value('tote'));
  const second = { stage, told: new Map<string, string>() };
  await play(second, deltas, undone === '' ? undefined : undone);
  for (const [id, answer] of first.told) expect([id, second.told.get(id)]).toEqual([id, answer]);
  const made = stage.store.image().movements.map(({ operation }) => operation);
  expect(new Set(made).size).toBe(made.length);
  expect([...second.told.keys()].toSorted()).toEqual(['m1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7', 'm8']);
  const held = rights(stage.replica.counters.counter('tote')!, stage.replica.slot);
  expect(given() + held + stage.replica.frozen('tote')).toBe(stage.value('tote'));
  expect(held >= 0n && given() >= 0n).toBe(true);
}

describe('a replica that dies anywhere', () => {
  it('leaves a store from which the next one answers the same, counts each demande once and spends no right twice', async () => {
    const whole = new Points();
    await run(whole);
    expect(whole.names.length).toBeGreaterThan(30);
    expect(new Set(whole.names.map((name) => name.split(' ')[1]))).toEqual(
      new Set(['answered', 'named', 'commit', 'archive', 'restore', 'rowsOf', 'prune']),
    );
    for (let last = 0; last < whole.names.length; last++) {
      try {
        await run(new Points(last));
      } catch (error) {
        throw new Error(`dead at ${whole.names[last]} (${last})`, { cause: error });
      }
    }
  }, 60_000);
});
