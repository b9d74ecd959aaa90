import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort, RealProcess } from '../../bench/support/real-process.js';
import { type Engine, newDatabase, type TestDatabase } from './databases.js';
import type { Network } from './network.js';
import { PairCables } from './pair-cables.js';
import { builtApp } from './real-instance.js';

/** What `GET /grappe` answers. */
export interface Grappe {
  readonly moi: string;
  readonly leader: string | null;
  readonly terme: number;
  readonly vue: number;
  readonly noeuds: readonly { readonly id: string; readonly incarnation: string; readonly adresse: string; readonly etat: string }[];
}

/** The place of one instance in the cluster: a process may be started there again and again. */
export interface Seat {
  readonly id: string;
  readonly url: string;
  readonly process: RealProcess;
  start(): void;
}

/** What each instance is told beside its name and ports; or what the one of that name is. */
export type Environment = Readonly<Record<string, string>> | ((id: string, database: TestDatabase) => Readonly<Record<string, string>>);

/** All start at once, on a machine that may do much else. */
const START_MS = 150_000;

/** Several real processes over one database, on a network that can be cut between them. */
export class RealCluster {
  readonly seats: Seat[] = [];
  private readonly started: RealProcess[] = [];

  private constructor(
    readonly database: TestDatabase,
    readonly cables: Network,
    private readonly folder: string,
  ) {}

  /** Starts `size` of them together, on a new database or on `engine`'s own, and waits until all are ready, in one view, with one leader. */
  static async start(
    engine: Engine | TestDatabase,
    size = 3,
    env: Environment = {},
    cables: Network = new PairCables(),
  ): Promise<RealCluster> {
    const [database, built, folder] = await Promise.all([
      typeof engine === 'string' ? newDatabase(engine) : engine,
      builtApp(),
      mkdtemp(join(tmpdir(), 'monclub-grappe-')),
    ]);
    const cluster = new RealCluster(database, cables, folder);
    try {
      for (let i = 1; i <= size; i++) await cluster.addSeat(`noeud-${i}`, built, env);
      for (const seat of cluster.seats) seat.start();
      await cluster.settled(cluster.seats, START_MS);
      return cluster;
    } catch (error) {
      await cluster.clear();
      throw error;
    }
  }

  private async addSeat(id: string, built: string, env: Environment): Promise<void> {
    const [port, clusterPort] = [await freePort(), await freePort()];
    const { host, within, address } = await this.cables.place(id, clusterPort);
    // Not loopback when it is a network of its own.
    const open = { ALLOW_OPEN_HOST: 'true', RATE_LIMIT: '0' };
    const own = { INSTANCE_ID: id, CLUSTER_PORT: String(clusterPort), CLUSTER_ADDRESS: address, CLUSTER_SECRET: 'the-secret-of-the-tests' };
    const more = typeof env === 'function' ? env(id, this.database) : env;
    const all = { DATABASE_URL: this.database.url, DEMO: 'false', ...open, ...own, ...more };
    const { folder, started } = this;
    let process: RealProcess | undefined;
    this.seats.push({
      id,
      url: `http://${host}:${port}`,
      get process() {
        if (process === undefined) throw new Error(`${id} was not started`);
        return process;
      },
      start() {
        process = RealProcess.start({ built, folder, port, host, within, env: all });
        started.push(process);
      },
    });
  }

  seat(id: string): Seat {
    const found = this.seats.find((seat) => seat.id === id);
    if (found === undefined) throw new Error(`no seat ${id}`);
    return found;
  }

  /** What this seat says of the cluster; undefined when it does not answer. */
  async seen(seat: Seat): Promise<Grappe | undefined> {
    return fetch(`${seat.url}/api/v1/grappe`, { signal: AbortSignal.timeout(1_000) })
      .then((answer) => answer.json() as Promise<Grappe>)
      .catch(() => undefined);
  }

  /** The owner of an aggregate, by the view of the first seat that answers. */
  async owner(stream: string): Promise<Seat> {
    for (const seat of this.seats) {
      const found = await fetch(`${seat.url}/api/v1/grappe/proprietaires/${stream}`, { signal: AbortSignal.timeout(1_000) })
        .then((answer) => answer.json() as Promise<{ proprietaire?: string | null }>)
        .catch(() => undefined);
      if (typeof found?.proprietaire === 'string') return this.seat(found.proprietaire);
    }
    throw new Error('nobody knows an owner');
  }

  /** Waits until each of `among` is ready, and all of them see one view with exactly them alive and one leader. Returns what they see. */
  async settled(among: readonly Seat[] = this.seats, withinMs = 40_000): Promise<Grappe> {
    let last: unknown;
    const found = await this.until(
      async () => {
        const ready = await Promise.all(among.map((seat) => isReady(seat)));
        const views = await Promise.all(among.map((seat) => this.seen(seat)));
        last = { ready, views };
        return ready.every(Boolean) && agree(views, among) ? views[0] : undefined;
      },
      withinMs,
      () => `the cluster did not settle: ${JSON.stringify(last)}\n${this.said()}`,
    );
    return found;
  }

  /** Waits for `found` to find something. */
  async until<T>(found: () => Promise<T | undefined>, withinMs: number, what: () => string): Promise<T> {
    for (const end = performance.now() + withinMs; ; await wait(25)) {
      const one = await found();
      if (one !== undefined) return one;
      if (performance.now() > end) throw new Error(what());
    }
  }

  /** The end of what each process said, for whoever reads a failure. */
  said(): string {
    return this.seats.map(({ id, process }) => `--- ${id}\n${process.said.slice(-3_000)}`).join('\n');
  }

  /** Every process is ended, stopped ones too; the database is removed. */
  async clear(): Promise<void> {
    for (const one of this.started) await one.kill9();
    await this.cables.close();
    await this.database.drop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function isReady({ url }: Seat): Promise<boolean> {
  return fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(1_000) }).then(
    async (answer) => (await answer.text(), answer.status === 200),
    () => false,
  );
}

function agree(views: readonly (Grappe | undefined)[], among: readonly Seat[]): boolean {
  const alive = among.map(({ id }) => id).toSorted();
  const [first] = views;
  return views.every((one) => {
    if (one === undefined || one.leader === null || one.leader !== first?.leader || one.vue !== first.vue || one.terme !== first.terme)
      return false;
    const living = one.noeuds.filter(({ etat }) => etat === 'vivant' || etat === 'suspect');
    return (
      living.every(({ etat }) => etat === 'vivant') &&
      living
        .map(({ id }) => id)
        .toSorted()
        .join() === alive.join() &&
      alive.includes(one.leader)
    );
  });
}
