import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Network } from '../../test/support/network.js';
import { BenchClub } from '../support/club.js';
import { freePort, RealProcess } from '../support/real-process.js';

/** The folder where the application was built: two floors above this file. */
const BUILT = fileURLToPath(new URL('../..', import.meta.url));
const SETTLED_MS = 60_000;

/** What `GET /grappe` answers. */
export interface Seen {
  readonly moi: string;
  readonly leader: string | null;
  readonly terme: number;
  readonly vue: number;
  readonly noeuds: readonly { readonly id: string; readonly etat: string }[];
}

/** The place of one instance: a process may be started there again and again. */
export class Seat {
  private running: RealProcess | undefined;

  constructor(
    readonly id: string,
    readonly port: number,
    private readonly launch: () => RealProcess,
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }
  get process(): RealProcess {
    if (this.running === undefined) throw new Error(`${this.id} was not started`);
    return this.running;
  }

  start(): void {
    this.running = this.launch();
  }

  /** Ends whatever runs here, at once. */
  async end(): Promise<void> {
    await this.running?.kill9();
  }

  /** The JSON that it answers to a GET; undefined when it does not answer. */
  async read<T>(path: string): Promise<T | undefined> {
    return fetch(`${this.url}/api/v1${path}`, { signal: AbortSignal.timeout(1_000) })
      .then((answer) => answer.json() as Promise<T>)
      .catch(() => undefined);
  }

  /** A sum over the labels of one metric. */
  async figure(name: string): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    const values = text.split('\n').filter((row) => row.startsWith(name) && '{ '.includes(row[name.length] ?? ''));
    return values.reduce((sum, row) => sum + Number(row.slice(row.lastIndexOf(' '))), 0);
  }
}

/** Instances in processes of their own over one database, at default settings, with `members` members to inscribe. */
export class BenchCluster {
  private static readonly all = new Set<BenchCluster>();

  private constructor(
    readonly url: string,
    readonly seats: readonly Seat[],
    private readonly folder: string,
  ) {}

  /** `cables`: what they reach each other through, when it is to be cut. */
  static async start(url: string, size: number, members: number, cables?: Network): Promise<BenchCluster> {
    const club = await BenchClub.open(url);
    await club.membres(members);
    await club.close();
    const folder = await mkdtemp(join(tmpdir(), 'monclub-bench-grappe-'));
    const seats: Seat[] = [];
    for (let i = 1; i <= size; i++) {
      const id = `monclub-${i}`;
      const [port, clusterPort] = [await freePort(), await freePort()];
      const told = cables === undefined ? {} : { CLUSTER_ADDRESS: (await cables.place(id, clusterPort)).address };
      const own = { INSTANCE_ID: id, CLUSTER_PORT: String(clusterPort), CLUSTER_SECRET: 'the-secret-of-the-bench', ...told };
      const env = { DATABASE_URL: url, DEMO: 'false', ...own };
      seats.push(new Seat(id, port, () => RealProcess.start({ built: BUILT, folder, port, env })));
    }
    const cluster = new BenchCluster(url, seats, folder);
    BenchCluster.all.add(cluster);
    for (const seat of seats) seat.start();
    await cluster.settled();
    return cluster;
  }

  /** Whatever still runs, when a run ends before its end. */
  static async clearAll(): Promise<void> {
    for (const cluster of BenchCluster.all) await cluster.clear();
  }

  get first(): Seat {
    return this.seats[0]!;
  }

  seat(id: string | null | undefined): Seat {
    const found = this.seats.find((one) => one.id === id);
    if (found === undefined) throw new Error(`no seat ${String(id)}`);
    return found;
  }

  others(than: Seat): readonly Seat[] {
    return this.seats.filter((one) => one !== than);
  }

  /** Waits until everybody is ready, in one view, under one leader. */
  settled(): Promise<Seen> {
    let last: readonly (Seen | undefined)[] = [];
    const look = async (): Promise<Seen | undefined> => {
      last = await Promise.all(this.seats.map((seat) => seat.read<Seen>('/grappe')));
      if (!agree(last, this.seats)) return undefined;
      const ready = await Promise.all(this.seats.map(({ url }) => fetch(`${url}/health/ready`).then(({ status }) => status === 200)));
      return ready.every(Boolean) ? last[0] : undefined;
    };
    return until(look, SETTLED_MS, () => `the instances do not settle: ${JSON.stringify(last)}\n${this.said()}`);
  }

  /** A new séance, planned at `at`; its id. */
  async plan(places: number, at: Seat = this.first): Promise<string> {
    const fiche = { titre: 'Bench', debut: '2036-12-01T19:00:00+01:00', fin: '2036-12-01T21:00:00+01:00', places, prixCentimes: 500 };
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${at.url}/api/v1/seances`, { method: 'POST', headers, body: JSON.stringify(fiche) });
    const { id } = (await answer.json()) as { id?: string };
    if (id === undefined) throw new Error(`no séance could be planned: ${answer.status}`);
    return id;
  }

  /** A new séance that lives at `owner`. */
  async planAt(owner: Seat, places: number): Promise<string> {
    for (;;) {
      const seance = await this.plan(places);
      if ((await this.owner(seance)) === owner) return seance;
    }
  }

  async owner(stream: string): Promise<Seat> {
    return this.seat((await this.first.read<{ proprietaire: string }>(`/grappe/proprietaires/${stream}`))?.proprietaire);
  }

  /** Waits until nothing is left to publish: what one shot leaves behind must not slow the next one. */
  async quiet(): Promise<void> {
    const empty = async (): Promise<true | undefined> =>
      (await this.first.read<{ nonPublies: number }>('/boite-envoi'))?.nonPublies === 0 ? true : undefined;
    await until(empty, 60_000, () => 'the outbox does not empty');
  }

  figures(name: string): Promise<number> {
    return Promise.all(this.seats.map((seat) => seat.figure(name))).then((all) => all.reduce((sum, one) => sum + one, 0));
  }

  /** The end of what each process said. */
  said(): string {
    return this.seats.map(({ id, process }) => `--- ${id}\n${process.said.slice(-2_000)}`).join('\n');
  }

  /** Every process is ended; the database is the ground's. */
  async clear(): Promise<void> {
    BenchCluster.all.delete(this);
    for (const seat of this.seats) await seat.end();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Waits until `look` finds something. */
export async function until<T>(look: () => Promise<T | undefined>, withinMs: number, what: () => string, everyMs = 20): Promise<T> {
  for (const end = performance.now() + withinMs; ; await wait(everyMs)) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error(what());
  }
}

function agree(views: readonly (Seen | undefined)[], among: readonly Seat[]): boolean {
  const [first] = views;
  return views.every((one) => {
    if (one === undefined || one.leader === null || one.leader !== first?.leader || one.vue !== first.vue || one.terme !== first.terme)
      return false;
    const living = one.noeuds.filter(({ etat }) => etat === 'vivant' || etat === 'suspect');
    return living.length === among.length && living.every(({ etat }) => etat === 'vivant') && living.some(({ id }) => id === one.leader);
  });
}
