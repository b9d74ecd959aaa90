import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Child, end, start } from '../http/child.js';
import type { Shot } from '../http/generator.js';
import { Shooter } from '../http/shooter.js';
import { median } from '../support/load.js';
import { Comparison, line, thousands, title } from '../support/report.js';

const SHOTS = 12_000;
const CONNECTIONS = 512;
const BODY = '{"quantite":1}';

interface Round {
  readonly ours: Shot;
  readonly empty: Shot;
}

/** Increments through HTTP, each durable before it is answered, against a POST that does nothing behind the same door. */
export async function http(rounds: number): Promise<void> {
  title(`Through HTTP, one server process, one counter, ${CONNECTIONS} connections; the generator is its own process`);
  const folder = mkdtempSync(join(tmpdir(), 'monclub-bench-compteurs-'));
  const shooter = new Shooter();
  const server = await start('server.js', [`sqlite:${join(folder, 'club.sqlite')}`, folder, '', '1']);
  await create(server);
  const samples: Round[] = [];
  for (let round = 0; round <= rounds; round++) {
    const shoot = (path: string, body?: string): Promise<Shot> => {
      const order = { ports: [server.port], path: `/api/v1/${path}`, connections: CONNECTIONS, total: SHOTS, first: 0 };
      return shooter.shoot(body === undefined ? order : { ...order, body });
    };
    const sample = { empty: await shoot('bench/x/vide'), ours: await shoot('compteurs/cafe/increments', BODY) };
    if (round > 0) samples.push(sample); // the first one warms up
  }
  const counted = await valueOf(server);
  if (counted !== SHOTS * (rounds + 1)) throw new Error(`${counted} counted instead of ${SHOTS * (rounds + 1)}`);
  await Promise.all([end([server]), shooter.stop()]);
  rmSync(folder, { recursive: true, force: true });
  const comparison = new Comparison();
  for (const { ours, empty } of samples) comparison.add(ours.rate, empty.rate);
  const p99 = (who: keyof Round): string => `${median(samples.map((sample) => sample[who].p99)).toFixed(0)} ms`;
  const figures = `${thousands(comparison.ours)} against ${thousands(comparison.theirs)}, p99 ${p99('ours')} against ${p99('empty')}`;
  line({ what: 'durable increments over the empty POST', ratio: comparison.ratio, floor: 0.5, figures });
}

async function create({ port }: Child): Promise<void> {
  const body = JSON.stringify({ produit: 'cafe', nom: 'Café' });
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/compteurs`, { method: 'POST', headers, body });
  if (answer.status !== 201) throw new Error(`no product: ${answer.status} ${await answer.text()}`);
}

async function valueOf({ port }: Child): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/compteurs/cafe`);
  return Number(((await answer.json()) as { valeur: string }).valeur);
}
