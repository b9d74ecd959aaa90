import { judge } from './seats-witness.js';
import { type Asked, type Parts, ToyCluster, type ToyInstance } from './toy-cluster.js';

const PLAY_MS = 6_000;
const REST_MS = 8_000;
const DEADLINE_MS = 4_000;
const ATTEMPTS = 6;

/** Taken out for a mutant; a play with everything in place must be sound whatever the seed. */
export interface Without extends Parts {
  readonly fence?: true;
  readonly dedupe?: true;
}

/** How often each thing happened, over all plays: a search that meets nothing proves nothing. */
export type Met = Record<
  'done' | 'refused' | 'unknown' | 'replayed' | 'guests' | 'moved' | 'detours' | 'retries' | 'crashes' | 'pauses' | 'cuts',
  number
>;

export const nothingMet = (): Met => ({
  done: 0,
  refused: 0,
  unknown: 0,
  replayed: 0,
  guests: 0,
  moved: 0,
  detours: 0,
  retries: 0,
  crashes: 0,
  pauses: 0,
  cuts: 0,
});

/** One seeded play: two to five instances, callers that ask again, and everything that can happen to instances; then rest, then the judgement. */
export class HandoffPlay {
  readonly cluster: ToyCluster;
  private readonly calls: Asked[] = [];
  private readonly slept = new Set<string>();
  private readonly since = new Map<string, number>();
  private readonly streams = ['s0', 's1', 's2'];
  private open = 0;
  private demandes = 0;

  constructor(seed: number, without: Without = {}, record = false) {
    this.cluster = new ToyCluster(seed, without, record);
    this.cluster.database.rows.fenced = without.fence !== true;
    this.cluster.database.rows.dedupes = without.dedupe !== true;
  }

  /** Plays and judges. Throws what is wrong. */
  async run(met: Met): Promise<void> {
    const { cluster } = this;
    const { network } = cluster;
    const ids = ['n1', 'n2', 'n3', 'n4', 'n5'].slice(0, network.between(2, 5));
    const first = network.between(2, ids.length);
    await cluster.start(...ids.slice(0, first));
    for (const id of ids.slice(first)) network.after(network.between(500, PLAY_MS), () => this.newcomer(id));
    for (const stream of this.streams) this.call(stream, 'open', `open-${stream}`);
    await network.pass(50);
    this.watch();
    if (network.chance() < 0.5) cluster.database.lag = [5, 40];
    for (let i = network.between(5, 25); i > 0; i--) network.after(network.between(0, PLAY_MS), () => this.demande());
    for (let i = network.between(2, 7); i > 0; i--)
      network.after(network.between(0, PLAY_MS), () => {
        this.crowd();
        network.after(network.between(0, 60), () => this.trouble(network.pick(ids)));
      });
    await network.pass(PLAY_MS);
    this.heal(ids);
    await network.pass(REST_MS);
    this.count(met);
    this.atRest();
    judge(cluster, this.calls);
  }

  /** Callers just when something happens, and while the news of it spreads. */
  private crowd(): void {
    const { network } = this.cluster;
    for (let n = network.between(2, 8); n > 0; n--) network.after(network.between(0, 600), () => this.demande());
  }

  private newcomer(id: string): void {
    this.crowd();
    this.reboot(id);
  }

  private demande(): void {
    const { network } = this.cluster;
    const stream = network.pick(this.streams);
    this.call(stream, network.chance() < 0.6 ? 'take' : 'free', `d${++this.demandes}`, network.chance() < 0.5);
  }

  /** Asks somewhere; asks again somewhere else under the same id while there is no certain answer. */
  private call(stream: string, type: 'open' | 'take' | 'free', id: string, minted = false, attempt = 1): void {
    const { network } = this.cluster;
    const able = [...this.cluster.instances.values()].filter((one) => one.alive && !one.node.paused);
    if (able.length === 0) return;
    const one = network.pick(able);
    const asked = one.ask(stream, { type }, id, { minted, deadlineMs: DEADLINE_MS });
    this.calls.push(asked);
    this.open++;
    const look = (): void => {
      if (asked.outcome === undefined && one.alive) return void network.after(20, look);
      this.open--;
      const again = asked.outcome === undefined || asked.outcome.is === 'unavailable' || asked.outcome.is === 'overloaded';
      const twice = asked.outcome?.is === 'done' && network.chance() < 0.1;
      if ((again && attempt < ATTEMPTS) || twice)
        network.after(network.between(10, 300), () => this.call(stream, type, id, false, twice ? ATTEMPTS : attempt + 1));
    };
    network.after(20, look);
  }

  private trouble(id: string): void {
    const { network, database, instances } = this.cluster;
    const one = instances.get(id);
    const chance = network.chance();
    if (one === undefined || !one.alive || one.node.paused) return;
    if (chance < 0.25) {
      network.pause(id);
      this.slept.add(id);
      network.after(network.between(300, 5_000), () => network.resume(id));
    } else if (chance < 0.45) {
      network.crash(id);
      network.after(network.between(100, 6_000), () => this.reboot(id));
    } else if (chance < 0.65) {
      const other = network.pick([...instances.keys()]);
      if (other === id) return;
      network.cut(id, other);
      if (network.chance() < 0.7) network.cut(other, id);
      network.after(network.between(500, 4_000), () => network.heal());
    } else if (chance < 0.72) {
      database.unreachable.add(id);
      network.after(network.between(100, 1_500), () => database.unreachable.delete(id));
    } else {
      // A leave takes its time: the door closes, the lease is handed over.
      one.router.leave();
      network.after(network.between(0, 500), () => void one.leave());
      network.after(network.between(1_500, 6_000), () => this.newcomer(id));
    }
  }

  private reboot(id: string): void {
    const { network } = this.cluster;
    if (network.node(id) === undefined) this.cluster.boot(id);
  }

  private heal(ids: readonly string[]): void {
    const { network, database } = this.cluster;
    network.heal();
    database.unreachable.clear();
    for (const id of ids) {
      network.resume(id);
      this.reboot(id);
    }
  }

  /** What beats and judgements do in a real cluster: silence of two seconds is doubted, of four and a half (if it cannot touch its row) death. */
  private watch(): void {
    const { network, instances } = this.cluster;
    for (const one of instances.values()) {
      const silent = !one.alive || one.node.paused;
      if (this.lasts(one.id, silent) >= 4_500 && one.me.incarnation === this.known(one)) this.cluster.remove(one.id);
      for (const other of instances.values()) {
        if (other === one || !other.alive || other.node.paused) continue;
        const quiet = silent || network.isCut(one.id, other.id) || network.isCut(other.id, one.id);
        if (this.lasts(`${other.id}>${one.id}`, quiet) >= 2_000) other.suspect(one.id);
        else if (!quiet) other.trust(one.id);
      }
    }
    network.after(250, () => this.watch());
  }

  private known(one: ToyInstance): string | undefined {
    return this.cluster.view.members.find(({ id }) => id === one.id)?.incarnation;
  }

  private lasts(what: string, bad: boolean): number {
    if (!bad) this.since.delete(what);
    else if (!this.since.has(what)) this.since.set(what, this.cluster.network.now);
    return bad ? this.cluster.network.now - this.since.get(what)! : 0;
  }

  /** Nobody waits, nothing is left behind, nothing took a third wire, and each stream lives only where it is owned. */
  private atRest(): void {
    const { cluster } = this;
    if (this.open > 0) throw new Error(`${this.open} callers still wait`);
    if (cluster.hops > 2) throw new Error(`a demande took ${cluster.hops} wires`);
    for (const { outcome, at, id, from, until = 0, deadline } of this.calls) {
      // Who was paused answers when it goes on: lateness is judged where nobody slept.
      if (outcome !== undefined && until > deadline && !this.slept.has(at))
        throw new Error(`${id} at ${at}: asked at ${from}, answered at ${until}`);
    }
    for (const one of cluster.instances.values()) {
      const { outstanding, traffic: _ } = one.router;
      if (outstanding > 0 || one.journal.outstanding > 0) throw new Error(`${one.id} still holds demandes`);
      for (const stream of this.streams)
        if (cluster.living(stream).includes(one.id) && one.router.ownerOf(stream)?.id !== one.id)
          throw new Error(`${stream} still lives at ${one.id}, which does not own it`);
    }
  }

  private count(met: Met): void {
    for (const { outcome } of this.calls) {
      if (outcome?.is === 'done') met[outcome.replayed ? 'replayed' : 'done']++;
      if (outcome?.is === 'refused') met.refused++;
      if (outcome?.is === 'unavailable' && outcome.effect === 'unknown') met.unknown++;
    }
    for (const { router } of this.cluster.lives)
      for (const what of ['guests', 'moved', 'detours', 'retries'] as const) met[what] += router.traffic[what];
    const { counts } = this.cluster.network;
    met.crashes += counts.crashes;
    met.pauses += counts.pauses;
    met.cuts += counts.cut;
  }
}
