import { rights } from '../../src/modules/crdt/bounded-counter.js';
import type { Transport } from '../../src/runtime/cluster/transport-port.js';
import { intercept } from '../guards/intercept.js';
import { type Asked, type CounterNode, CounterStage, type Parts, product } from './counters-stage.js';
import { type Met, nothingMet } from './counters-met.js';
import { FAIR } from './fake-network.js';

const PLAY_MS = 6_000;
/** From the last heal to everybody knowing the same: a silence that is noticed, a connection that is made, two digests. */
export const SETTLES_MS = 12_000;
/** For the last questions about former slots to be answered, and what came of them to be everywhere. */
const DECIDES_MS = 12_000;
const ATTEMPTS = 5;
export const OPEN = ['cafe', 'the'] as const;
export const BOUNDED = 'tote';

/** One seeded play: two to five instances that count, and everything that can happen to them; then rest, then the judgement. */
export class CountersPlay {
  readonly stage: CounterStage;
  readonly met: Met = nothingMet();
  private readonly images = new Map<
    string,
    { readonly image: ReturnType<CounterStage['image']>; readonly slots: ReadonlyMap<string, number> }
  >();
  /** Since when an instance's memory of demandes is that of an old store. */
  private readonly forgot = new Map<string, number>();
  /** Old stores are put back where nobody can tell by the file; then only when everybody else has seen what they lack. */
  private readonly unseen: boolean;
  /** Whose store failed, or will at its next commit. */
  private readonly failing = new Set<string>();
  private operations = 0;
  /** Every instance that ever ran. */
  private readonly lives = new Set<CounterNode>();

  constructor(seed: number, parts: Parts = {}, { record = false, unseen }: { readonly record?: boolean; readonly unseen?: boolean } = {}) {
    const products = [...OPEN.map((name) => product(name)), product(BOUNDED, true)];
    const transport = (honest: Transport, of: CounterNode): Transport => this.doubling(parts.transport?.(honest, of) ?? honest);
    this.stage = new CounterStage(seed, { products, parts: { ...parts, transport }, record, rough: seed % 2 === 0 });
    this.stage.truth.bounded.add(BOUNDED);
    this.unseen = unseen ?? this.stage.network.chance() < 0.3;
  }

  /** Plays and judges. Throws what is wrong. */
  async run(): Promise<void> {
    const { network } = this.stage;
    const ids = ['n1', 'n2', 'n3', 'n4', 'n5'].slice(0, network.between(2, 5));
    const first = this.unseen ? ids.length : network.between(1, ids.length);
    for (const id of ids.slice(0, first)) this.boot(id);
    await network.pass(100);
    for (const id of ids.slice(first)) network.after(network.between(500, PLAY_MS), () => this.join(id));
    if (network.chance() < 0.5)
      network.weather = {
        loss: network.chance() < 0.5 ? 0 : network.chance() * 0.25,
        duplication: 0.2,
        delay: [1, network.between(2, 200)],
      };
    this.operation(network.pick(this.stage.alive), BOUNDED, BigInt(network.between(10, 60)));
    for (let i = network.between(10, 50); i > 0; i--) network.after(network.between(0, PLAY_MS), () => this.anything());
    for (let i = network.between(2, 7); i > 0; i--) network.after(network.between(100, PLAY_MS), () => this.trouble(network.pick(ids)));
    await network.pass(PLAY_MS);
    this.fair();
    await this.heal(ids);
    await this.settles();
    this.count();
    await this.spendsAll();
  }

  private boot(id: string): void {
    if (this.stage.network.node(id) === undefined) this.lives.add(this.stage.boot(id));
  }

  private join(id: string): void {
    this.met.joins++;
    this.boot(id);
  }

  private anything(): void {
    const { network } = this.stage;
    const able = this.stage.alive.filter(({ node }) => !node.paused);
    if (able.length === 0) return;
    const one = network.pick(able);
    const amount = BigInt(network.between(1, 12));
    const name = network.chance() < 0.5 ? BOUNDED : network.pick(OPEN);
    if (network.chance() < 0.05) return this.undo(one);
    this.operation(one, name, network.chance() < (name === BOUNDED ? 0.8 : 0.4) ? -amount : amount);
  }

  private operation(one: CounterNode, name: string, by: bigint): void {
    this.call(one.id, `d${++this.operations}`, (at, id) => at.change(name, by, id, 2_000));
  }

  /** Of some movement, asked for anywhere. */
  private undo(one: CounterNode): void {
    const { movements } = this.stage.truth;
    if (movements.length === 0) return;
    const { id: movement, product: name } = this.stage.network.pick(movements);
    const id = `d${++this.operations}`;
    void one.forward.undo(one.envelope(id, 2_000, false, movement), name, movement);
  }

  /** Asks again at the same instance, under the same id, while there is no certain answer; sometimes also after one. */
  private call(where: string, id: string, ask: (at: CounterNode, id: string) => Asked, attempt = 1): void {
    const { network } = this.stage;
    const at = this.stage.nodes.get(where);
    if (at === undefined || !at.node.alive || at.node.paused) return;
    const asked = ask(at, id);
    network.after(network.between(50, 2_500), () => {
      const { outcome } = asked;
      const uncertain = outcome === undefined || outcome.is === 'unavailable' || outcome.is === 'overloaded';
      const again = uncertain ? attempt < ATTEMPTS : outcome.is === 'done' && network.chance() < 0.15;
      if (again && (this.forgot.get(where) ?? -1) < asked.from) this.call(where, id, ask, uncertain ? attempt + 1 : ATTEMPTS);
    });
  }

  private trouble(id: string): void {
    const { network, nodes, unreachable } = this.stage;
    const one = nodes.get(id);
    if (one === undefined || !one.node.alive || one.node.paused) return;
    const chance = network.chance();
    if (chance < 0.12) {
      network.pause(id);
      network.after(network.between(300, 4_000), () => network.resume(id));
    } else if (chance < 0.35) {
      this.stage.crash(id);
      network.after(network.between(50, 4_000), () => this.boot(id));
    } else if (chance < 0.65) {
      const other = network.pick([...nodes.keys()]);
      if (other === id) return;
      network.cut(id, other);
      if (network.chance() < 0.7) network.cut(other, id);
      network.after(network.between(500, 5_000), () => network.heal());
    } else if (chance < 0.72) {
      unreachable.add(id);
      network.after(network.between(500, 5_000), () => unreachable.delete(id));
    } else if (chance < 0.8) {
      if (!this.failing.has(id)) one.disk.fail(network.pick(['before', 'lost', 'after'] as const));
      this.failing.add(id);
    } else {
      this.images.set(id, { image: this.stage.image(id), slots: this.known(one) });
      network.after(network.between(200, 4_000), () => this.putBack(id));
    }
  }

  /** The store becomes what it was at the image. */
  private putBack(id: string): void {
    const { network, truth, disks } = this.stage;
    if (network.now > PLAY_MS) return;
    const one = this.stage.at(id);
    const { image, slots } = this.images.get(id)!;
    if (!one.node.alive || one.node.paused || (this.unseen && !this.everybodySaw(one, slots))) return;
    this.stage.crash(id);
    truth.putBack((slot) => {
      const others = [...disks].filter(([other]) => other !== id).map(([, disk]) => disk.image().slots.get(slot)?.version ?? 0);
      return Math.max(slots.get(slot) ?? 0, ...others);
    });
    disks.get(id)!.putBack(image, this.unseen ? undefined : 'an older file');
    if (this.unseen) this.met.putBackUnseen++;
    else this.met.putBack++;
    this.forgot.set(id, network.now);
    network.after(network.between(0, 1_000), () => this.boot(id));
  }

  /** All that the store will lack of its own slots is held by every other disk and noted in the database: any witness knows. */
  private everybodySaw({ id, replica }: CounterNode, then: ReadonlyMap<string, number>): boolean {
    const { disks, seen } = this.stage;
    return replica.counters.slotsOf(id).every((slot) => {
      const { version } = replica.counters.vector.get(slot)!;
      if (version <= (then.get(slot) ?? 0)) return true;
      const others = [...disks].filter(([other]) => other !== id);
      return (seen.get(slot) ?? 0) >= version && others.every(([, disk]) => (disk.image().slots.get(slot)?.version ?? 0) >= version);
    });
  }

  private known({ replica }: CounterNode): ReadonlyMap<string, number> {
    return new Map([...replica.counters.vector].map(([slot, { version }]) => [slot, version]));
  }

  private doubling(honest: Transport): Transport {
    return intercept(honest, {
      call: (to, kind, data, options) => {
        if (kind === 'counters.delta' && this.stage.network.chance() < 0.1) {
          this.met.doubled++;
          honest.call(to, kind, data, { ...options, onPiece: () => undefined }).catch(() => undefined);
        }
        return honest.call(to, kind, data, options);
      },
    });
  }

  private fair(): void {
    if (this.stage.truth.faults.length > 0) throw new Error(this.stage.truth.faults.join('\n'));
  }

  private async heal(ids: readonly string[]): Promise<void> {
    const { network, unreachable } = this.stage;
    network.heal();
    network.weather = FAIR;
    unreachable.clear();
    for (const id of ids) {
      network.resume(id);
      this.boot(id);
    }
    // Stores that were to fail do so now, and are opened anew.
    for (const one of this.stage.alive) one.change('the', 1n, `last-${one.id}`);
    await network.pass(2_100);
  }

  /** What was promised for after the last heal. */
  private async settles(): Promise<void> {
    const { network, truth } = this.stage;
    const from = network.now;
    for (; !this.stage.equal; await network.pass(100))
      if (network.now - from > SETTLES_MS) throw new Error(`not equal after ${SETTLES_MS} ms`);
    for (const { id, replica } of this.stage.alive) truth.judge(id, replica.counters);
    this.answers();
    this.fair();
  }

  /** Whoever was told that something is done, or that it is not, was told the truth. */
  private answers(): void {
    const { asked, truth } = this.stage;
    const done = new Set(truth.movements.map(({ operation }) => operation));
    const certain = new Set(['refused', 'missing', 'different', 'overloaded']);
    const byId = new Map<string, Asked[]>();
    for (const one of asked) byId.set(one.id, [...(byId.get(one.id) ?? []), one]);
    for (const [id, attempts] of byId) {
      const no = attempts.every(
        ({ outcome }) => outcome && (certain.has(outcome.is) || (outcome.is === 'unavailable' && outcome.effect === 'not_executed')),
      );
      if (no && done.has(id)) truth.faults.push(`${id} was told that nothing happened, and it did`);
      if (attempts.some(({ outcome }) => outcome?.is === 'done') && !done.has(id))
        truth.faults.push(`${id} was told done, and nothing is stored`);
    }
  }

  /** With everybody there, one instance can spend all that is not frozen, and no more. */
  private async spendsAll(): Promise<void> {
    const { network, alive } = this.stage;
    const all = (): bigint => alive.reduce((sum, one) => sum + one.rights(BOUNDED), 0n);
    const undecided = (): boolean =>
      alive.some(({ replica }) => replica.former().some(({ slot, doubt }) => doubt === undefined && rightsLeft(replica, slot) > 0n));
    const from = network.now;
    for (; undecided(); await network.pass(200))
      if (network.now - from > DECIDES_MS) throw new Error('rights of a former slot stay undecided');
    // What was taken over is known to all.
    await this.stage.settled();
    const one = network.pick(alive);
    const total = all();
    if (total > 0n) {
      const spent = one.change(BOUNDED, -total, 'all');
      await this.answered(spent);
      if (spent.outcome?.is !== 'done') throw new Error(`${one.id} cannot spend ${total} that all have: ${JSON.stringify(spent.outcome)}`);
    }
    const more = one.change(BOUNDED, -1n, 'more');
    await this.answered(more);
    if (more.outcome?.is !== 'refused') throw new Error(`${one.id} spends what nobody has`);
    this.fair();
  }

  private async answered(asked: Asked): Promise<void> {
    await this.stage.network.until(() => asked.outcome !== undefined, 4_500);
  }

  private count(): void {
    const { met, stage } = this;
    for (const { outcome } of stage.asked) {
      if (outcome?.is === 'done') met[outcome.replayed ? 'replayed' : 'done']++;
      if (outcome?.is === 'refused') met.refused++;
      if (outcome?.is === 'unavailable' && outcome.effect === 'unknown') met.unknown++;
    }
    for (const { sync, rightsProcess } of this.lives) {
      met.repairs += sync.figures.repairs;
      for (const what of ['gifts', 'adopted', 'asked', 'quiet'] as const) met[what] += rightsProcess.figures[what];
    }
    for (const { replica } of stage.alive) met.frozen += replica.former().filter(({ doubt }) => doubt?.includes('file') === false).length;
    const { counts } = stage.network;
    met.crashes += counts.crashes;
    met.pauses += counts.pauses;
    met.cuts += counts.cut;
    met.lost += counts.lost;
    met.storeFailures += this.failing.size;
  }
}

function rightsLeft(replica: CounterNode['replica'], slot: string): bigint {
  const counter = replica.counters.counter(BOUNDED);
  return counter === undefined ? 0n : rights(counter, slot);
}
