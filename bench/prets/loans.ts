import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Child, end, start } from '../http/child.js';
import type { Shot } from '../http/generator.js';
import { quiet } from '../http/http.js';
import { Shooter } from '../http/shooter.js';
import type { BenchPostgres } from '../support/databases.js';
import { closedLoop, median } from '../support/load.js';
import { memberIds } from '../support/members.js';
import { Comparison, line, thousands, title } from '../support/report.js';

const TITLES = 10_000;
const CONNECTIONS = 512;
/** Of one member: below the limit of the rules. */
const EACH = 4;

/** Loans through HTTP, a title each, against the empty POST behind the same door. */
export async function loans(postgres: BenchPostgres, rounds: number): Promise<void> {
  title(`Through HTTP, ${CONNECTIONS} connections, ${TITLES.toLocaleString('en')} titles; the generator is its own process`);
  const folder = mkdtempSync(join(tmpdir(), 'monclub-bench-loans-'));
  const shooter = new Shooter();
  const members = Math.ceil((TITLES * (rounds + 1)) / EACH);
  for (const engine of ['SQLite', 'PostgreSQL'] as const) {
    const url = engine === 'SQLite' ? `sqlite:${join(folder, 'club.sqlite')}` : await postgres.database();
    // Each club has its own files: counters belong to one.
    const server = await start('server.js', [url, join(folder, engine), '', String(members)]);
    const titles = await shelve(server, rounds + 1);
    await quiet(server);
    await compare(engine, { server, shooter, titles, members: memberIds(members) }, rounds);
    await end([server]);
  }
  await shooter.stop();
  rmSync(folder, { recursive: true, force: true });
}

interface Field {
  readonly server: Child;
  readonly shooter: Shooter;
  readonly titles: readonly string[];
  readonly members: readonly string[];
}

async function compare(engine: string, field: Field, rounds: number): Promise<void> {
  const comparison = new Comparison();
  const shots: Shot[] = [];
  for (let round = 0; round <= rounds; round++) {
    const [empty, lent] = [await emptyPosts(field), await lend(field, round)];
    await quiet(field.server);
    if (round === 0) continue;
    comparison.add(lent.rate, empty.rate);
    shots.push(lent);
  }
  const figures = `${thousands(comparison.ours)} against ${thousands(comparison.theirs)}, p99 ${median(shots.map(({ p99 }) => p99)).toFixed(0)} ms`;
  line({ what: `${engine}: loans over the empty POST`, ratio: comparison.ratio, floor: 0.25, goal: 0.4, figures });
}

function emptyPosts({ server, shooter }: Field): Promise<Shot> {
  return shooter.shoot({ ports: [server.port], path: '/api/v1/bench/x/vide', connections: CONNECTIONS, total: TITLES, first: 0 });
}

/** One copy of every title; each member borrows a few of them in all. */
function lend({ server, shooter, titles, members }: Field, round: number): Promise<Shot> {
  const bodies = titles.map((ouvrageId, i) => {
    const membreId = members[(round * TITLES + i) % members.length]!;
    return JSON.stringify({ ouvrageId, membreId });
  });
  return shooter.shoot({ ports: [server.port], path: '/api/v1/prets', connections: CONNECTIONS, total: TITLES, first: 0, bodies });
}

/** Puts the titles on the shelves, with `copies` of each; tells their ids. */
async function shelve({ port }: Child, copies: number): Promise<string[]> {
  const titles: string[] = [];
  await closedLoop(64, TITLES, async (n) => {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/ouvrages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ titre: `Ouvrage ${n}`, exemplaires: copies }),
    });
    const body = (await response.json()) as { id: string };
    if (response.status !== 201) throw new Error(`not added: ${response.status} ${JSON.stringify(body)}`);
    titles.push(body.id);
  });
  return titles;
}
