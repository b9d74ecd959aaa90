import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import type { Accuse } from '../../bench/chaos/juge.js';
import { type Answer, askOnce, type Call, insist, settles } from '../../bench/support/persistent-caller.js';
import type { RealCluster, Seat } from './real-cluster.js';

/** One try of a demande at one instance; instants are of `performance.now()`. */
export interface Attempt {
  readonly seat: string;
  readonly begun: number;
  /** Infinity while nothing came back. */
  ended: number;
  /** Undefined: the socket died, or nobody answered in time. */
  answer?: Answer | undefined;
}

/** One demande of the crowd, under one key, as its caller saw it. */
export interface Asked {
  readonly seance: string;
  readonly membreId: string;
  readonly geste: Accuse['geste'];
  readonly siComplet: 'attendre' | 'refuser';
  readonly call: Call;
  /** Milliseconds since 1970. */
  readonly instant: number;
  /** One after the other, each at another instance than the one before. */
  readonly attempts: Attempt[];
  /** What settled it: 2xx or a refusal. Undefined while it is in flight. */
  settled?: Answer;
}

export interface CrowdOptions {
  readonly callers?: number;
  /** A caller thinks for up to this long between two demandes. */
  readonly thinkMs?: number;
  /** A caller turns to another instance when one has not answered for this long. More than the door's deadline: whoever lives has answered. */
  readonly patienceMs?: number | ((seat: Seat) => number);
}

const DAY = 86_400_000;
const never = new AbortController().signal;
let loads = 0;

/**
 * A crowd that inscribes and withdraws, each demande under a key of its own, at any instance, and at another one at each retry, until it is
 * settled. It writes down everything: `judged` (cluster-judge.ts) confronts it with the database afterwards.
 *
 *     const load = await ClusterLoad.on(cluster);      // members, and one séance of few places for each seat to own
 *     load.start();
 *     await load.flowing();                            // demandes are in flight, answers come
 *     ... the fault ...
 *     await load.answered(seance, performance.now());  // somebody answered a demande asked after it
 *     await load.stop();                               // every demande begun is settled
 *     await judged(cluster, load);
 */
export class ClusterLoad {
  readonly asked: Asked[] = [];
  private readonly name = `charge-${++loads}-${Math.random().toString(36).slice(2, 8)}`;
  private crowd: Promise<unknown> = Promise.resolve();
  private running = false;
  private keys = 0;

  private constructor(
    private readonly cluster: RealCluster,
    /** The key of the demande that planned each séance. */
    readonly planned: ReadonlyMap<string, string>,
    private readonly members: readonly string[],
  ) {}

  /** On a settled cluster: `members` members, and one séance of `places` places that each seat owns. */
  static async on(cluster: RealCluster, { members = 48, places = 8 } = {}): Promise<ClusterLoad> {
    const planned = new Map<string, string>();
    const load = new ClusterLoad(cluster, planned, await createMembers(cluster, members));
    const owners = new Set<string>();
    for (let tries = 0; owners.size < cluster.seats.length; tries++) {
      if (tries > 200) throw new Error(`after ${tries} séances, only ${[...owners].join(', ')} own any`);
      const key = load.key('planifier');
      const seance = await create(cluster, '/seances', key, fiche(places));
      const owner = await cluster.owner(seance);
      if (!owners.has(owner.id)) planned.set(seance, key);
      owners.add(owner.id);
    }
    return load;
  }

  get seances(): readonly string[] {
    return [...this.planned.keys()];
  }

  /** The séance that lives at this seat while everybody is there. */
  async seanceOf(seat: Seat): Promise<string> {
    for (const seance of this.seances) if ((await this.cluster.owner(seance)).id === seat.id) return seance;
    throw new Error(`${seat.id} owns none of the séances`);
  }

  /** Demandes that have no answer yet. */
  get inFlight(): readonly Asked[] {
    return this.asked.filter(({ settled }) => settled === undefined);
  }

  /** Demandes about `seance` in flight now: a fault that finds none there did not bite. */
  inFlightAt(seance: string): readonly Asked[] {
    return this.inFlight.filter((one) => one.seance === seance);
  }

  get settledCount(): number {
    return this.asked.reduce((sum, { settled }) => sum + (settled === undefined ? 0 : 1), 0);
  }

  /** Lets the callers loose. Each has members of its own, and asks one thing at a time. */
  start({ callers = 12, thinkMs = 40, patienceMs = 12_000 }: CrowdOptions = {}): void {
    this.running = true;
    const patience = typeof patienceMs === 'number' ? (): number => patienceMs : patienceMs;
    const shares = Array.from({ length: callers }, (_, c) => this.members.filter((_, m) => m % callers === c));
    this.crowd = Promise.all(shares.map((share) => this.caller(share, thinkMs, patience)));
  }

  /** Waits until answers come and something is in flight. */
  async flowing(answers = 60): Promise<void> {
    const enough = this.settledCount + answers;
    await this.when(() => this.settledCount >= enough && this.inFlight.length > 0, 60_000, `${answers} answers`);
  }

  /** Waits until a demande about `seance` that was asked (its last try too) after `since` has been accepted; returns when that answer came. */
  async answered(seance: string, since: number, withinMs = 60_000): Promise<number> {
    const found = (): Asked | undefined =>
      this.asked.find((one) => one.seance === seance && (one.settled?.status ?? 500) < 300 && one.attempts.at(-1)!.begun >= since);
    await this.when(() => found() !== undefined, withinMs, `an answer of ${seance}`);
    return found()!.attempts.at(-1)!.ended;
  }

  /** Nothing new is asked; resolves when all that was asked is settled, rejects when that takes too long. */
  async stop(withinMs = 60_000): Promise<void> {
    this.running = false;
    const late = wait(withinMs, 'late' as const, { ref: false });
    if ((await Promise.race([this.crowd, late])) === 'late')
      throw new Error(`still without an answer: ${JSON.stringify(this.inFlight)}\n${this.cluster.said()}`);
  }

  private async caller(members: readonly string[], thinkMs: number, patience: (seat: Seat) => number): Promise<void> {
    const inside = new Set<string>();
    while (this.running) {
      const one = this.next(anyOf(members), inside);
      this.asked.push(one);
      await this.insist(one, patience);
      const where = `${one.seance} ${one.membreId}`;
      if ((one.settled?.status ?? 500) < 300) {
        if (one.geste === 'inscrire') inside.add(where);
        else inside.delete(where);
      }
      await wait(Math.random() * thinkMs);
    }
  }

  /** Mostly what makes sense, sometimes what must be refused. */
  private next(membreId: string, inside: ReadonlySet<string>): Asked {
    const seance = anyOf(this.seances);
    const leaves = inside.has(`${seance} ${membreId}`) !== Math.random() < 0.1;
    const geste = leaves ? ('desister' as const) : ('inscrire' as const);
    const siComplet = Math.random() < 0.3 ? ('refuser' as const) : ('attendre' as const);
    const path = `/seances/${seance}/inscriptions`;
    const key = this.key(geste);
    const call: Call = leaves
      ? { method: 'DELETE', path: `${path}/${membreId}`, key }
      : { method: 'POST', path, key, body: { membreId, siComplet } };
    return { seance, membreId, geste, siComplet, call, instant: Date.now(), attempts: [] };
  }

  private async insist(one: Asked, patience: (seat: Seat) => number): Promise<void> {
    for (let pause = 10; one.settled === undefined; pause = Math.min(160, pause * 2)) {
      const seat = anyOf(this.cluster.seats.filter(({ id }) => id !== one.attempts.at(-1)?.seat));
      const attempt: Attempt = { seat: seat.id, begun: performance.now(), ended: Infinity };
      one.attempts.push(attempt);
      attempt.answer = await askOnce(seat.url, one.call, never, patience(seat));
      attempt.ended = performance.now();
      if (attempt.answer !== undefined && settles(attempt.answer)) one.settled = attempt.answer;
      else await wait(pause * (0.5 + Math.random()));
    }
  }

  private key(what: string): string {
    return `${this.name}-${what}-${String(++this.keys).padStart(6, '0')}`;
  }

  private async when(holds: () => boolean, withinMs: number, what: string): Promise<void> {
    for (const end = performance.now() + withinMs; !holds(); await wait(2)) {
      if (performance.now() > end) throw new Error(`no ${what} within ${withinMs} ms\n${this.cluster.said()}`);
    }
  }
}

function fiche(places: number): Record<string, unknown> {
  const debut = Date.now() + 7 * DAY;
  return {
    titre: 'Une séance à trois',
    debut: new Date(debut).toISOString(),
    fin: new Date(debut + DAY / 12).toISOString(),
    places,
    prixCentimes: 500,
  };
}

async function createMembers(cluster: RealCluster, count: number): Promise<string[]> {
  const name = Math.random().toString(36).slice(2, 10);
  const numbers = Array.from({ length: count }, (_, i) => i);
  return Promise.all(numbers.map((i) => create(cluster, '/membres', `membre-${name}-${String(i).padStart(6, '0')}`, { nom: `M ${i}` })));
}

async function create(cluster: RealCluster, path: string, key: string, body: unknown): Promise<string> {
  const answer = await insist(anyOf(cluster.seats).url, { method: 'POST', path, key, body }, AbortSignal.timeout(60_000));
  if (answer?.status !== 201) throw new Error(`${path}: ${JSON.stringify(answer)}\n${cluster.said()}`);
  return String(answer.body['id']);
}

function anyOf<T>(some: readonly T[]): T {
  return some[Math.floor(Math.random() * some.length)]!;
}
