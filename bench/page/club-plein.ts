import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { closedLoop } from '../support/load.js';
import { freePort, RealProcess } from '../support/real-process.js';

const BUILT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const CALLERS = 64;
const DAY_MS = 86_400_000;
const QUIET_MS = 120_000;

/** How much there is in a club. */
export interface Size {
  readonly members: number;
  readonly seances: number;
  /** Members at the first séance, half of them waiting. */
  readonly crowd: number;
  /** Members at each of the others. */
  readonly each: number;
  readonly titles: number;
  readonly products: number;
}

/** A club in a real instance on SQLite with the built page; all that is in it came through the public interface. */
export class FullClub {
  readonly members: string[] = [];
  /** The next one first: it is the one with the crowd. */
  readonly seances: string[] = [];

  private constructor(
    readonly process: RealProcess,
    readonly port: number,
    private readonly folder: string,
  ) {}

  static async open(): Promise<FullClub> {
    const folder = mkdtempSync(join(tmpdir(), 'monclub-bench-page-'));
    const port = await freePort();
    const env = { DATABASE_URL: `sqlite:${join(folder, 'club.sqlite')}`, DEMO: 'false', CLUSTER_PORT: '0', INSTANCE_ID: 'bench-page' };
    const process = RealProcess.start({ built: BUILT, folder, port, env });
    await process.ready();
    return new FullClub(process, port, folder);
  }

  get url(): string {
    return this.process.url;
  }

  async close(): Promise<void> {
    await this.process.kill9();
    rmSync(this.folder, { recursive: true, force: true });
  }

  // oxlint-disable-next-line typescript/no-explicit-any -- a bench looks at whatever came
  async ask(path: string, body?: unknown): Promise<any> {
    const headers = { 'content-type': 'application/json' };
    const init = body === undefined ? {} : { method: 'POST', headers, body: JSON.stringify(body) };
    const answer = await fetch(`${this.url}/api/v1${path}`, init);
    const said: unknown = await answer.json();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${JSON.stringify(said)}`);
    return said;
  }

  /** Fills it, and waits until every fact is published; tells how many there are. */
  async fill({ members, seances, crowd, each, titles, products }: Size): Promise<number> {
    await this.welcome(members);
    await closedLoop(CALLERS, seances, async (n) => {
      this.seances[n] = await this.plan(`Rencontre n° ${n + 1}`, n === 0 ? crowd / 2 : each, 10 + n, n % 5 === 1 ? 500 : 0);
    });
    await closedLoop(CALLERS, crowd, (n) => this.register(0, n));
    await closedLoop(CALLERS, (seances - 1) * each, (n) => this.register(1 + Math.floor(n / each), n));
    await this.shelve(titles);
    await closedLoop(8, products, (n) => this.count(`produit-${n}`));
    return this.quiet();
  }

  async welcome(count: number): Promise<void> {
    await closedLoop(CALLERS, count, async (n) => {
      const { id } = (await this.ask('/membres', { nom: `Membre ${String(n + 1).padStart(5, '0')}` })) as { id: string };
      this.members[n] = id;
    });
  }

  /** A séance `days` from now; tells its id. */
  async plan(titre: string, places: number, days: number, prixCentimes = 0): Promise<string> {
    const [debut, fin] = [days, days + 0.1].map((from) => new Date(Date.now() + from * DAY_MS).toISOString());
    const body = { titre, lieu: 'Salle Zola', debut, fin, places, prixCentimes };
    return ((await this.ask('/seances', body)) as { id: string }).id;
  }

  /** Each séance is given the next members: none twice at one, while there are as many as a séance takes. */
  private async register(seance: number, n: number): Promise<void> {
    await this.ask(`/seances/${this.seances[seance]!}/inscriptions`, { membreId: this.members[n % this.members.length] });
  }

  /** Every second title is lent. */
  private async shelve(titles: number): Promise<void> {
    await closedLoop(CALLERS, titles, async (n) => {
      const { id } = (await this.ask('/ouvrages', { titre: `Ouvrage n° ${n + 1}`, exemplaires: 2 })) as { id: string };
      if (n % 2 === 0) await this.ask('/prets', { ouvrageId: id, membreId: this.members[n % this.members.length] });
    });
  }

  private async count(produit: string): Promise<void> {
    await this.ask('/compteurs', { produit, nom: `Produit ${produit}` });
    await this.ask(`/compteurs/${produit}/increments`, { quantite: 12 });
  }

  /** Waits until the outbox is empty and what hears of facts has done its work; tells how many were published. */
  async quiet(): Promise<number> {
    for (const until = Date.now() + QUIET_MS; Date.now() < until; await wait(50)) {
      const { nonPublies, position } = (await this.ask('/boite-envoi')) as { nonPublies: number; position: number };
      if (nonPublies === 0) return position;
    }
    throw new Error('The outbox does not empty');
  }
}
