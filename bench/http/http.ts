import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchPostgres } from '../support/databases.js';
import { median } from '../support/load.js';
import { Comparison, line, thousands, title } from '../support/report.js';
import { type Child, end, start } from './child.js';
import type { Shot } from './generator.js';
import { Shooter } from './shooter.js';

const MEMBERS = 24_000;
const SHOTS = 12_000;
const CLASSIC_SHOTS = 800;

/** Through HTTP: one server process, one generator process, the machine's two cores. */
export async function http(postgres: BenchPostgres, rounds: number): Promise<void> {
  title('Through HTTP, one server process, one hot séance; the generator is its own process');
  const folder = mkdtempSync(join(tmpdir(), 'monclub-bench-http-'));
  const shooter = new Shooter();
  const bare = await start('bare.js', []);
  const url = await postgres.database();
  const onSqlite = await start('server.js', [`sqlite:${join(folder, 'club.sqlite')}`, folder, '', String(MEMBERS)]);
  const onPostgres = await start('server.js', [url, folder, url, String(MEMBERS)]);
  for (const connections of [512, 64]) await compare({ shooter, bare, onSqlite, onPostgres }, connections, rounds);
  await Promise.all([end([bare, onSqlite, onPostgres]), shooter.stop()]);
  rmSync(folder, { recursive: true, force: true });
}

interface Field {
  readonly shooter: Shooter;
  readonly bare: Child;
  readonly onSqlite: Child;
  readonly onPostgres: Child;
}

type Sample = Record<'bare' | 'empty' | 'sqlite' | 'emptyPg' | 'pg' | 'classic', Shot>;

async function compare(field: Field, connections: number, rounds: number): Promise<void> {
  const samples: Sample[] = [];
  for (let round = 0; round <= rounds; round++) {
    const sample = await oneRound(field, connections);
    if (round > 0) samples.push(sample);
  }
  // With 64 connections a commit carries few demandes and the disk decides: reported, not promised.
  const bounds = (floor: number, goal?: number): { floor?: number; goal?: number } =>
    connections < 512 ? {} : goal === undefined ? { floor } : { floor, goal };
  const say = (what: string, ours: keyof Sample, theirs: keyof Sample, limits: { floor?: number; goal?: number }, more = ''): void => {
    const comparison = new Comparison();
    for (const sample of samples) comparison.add(sample[ours].rate, sample[theirs].rate);
    const figures = `${thousands(comparison.ours)} against ${thousands(comparison.theirs)}${more}`;
    line({ what: `${connections} connections: ${what}`, ratio: comparison.ratio, figures, ...limits });
  };
  const p99 = (who: keyof Sample): string => `${median(samples.map((sample) => sample[who].p99)).toFixed(0)} ms`;
  say('the generator itself', 'bare', 'empty', { floor: 1.3 }, ' (else the rows below are void)');
  say('SQLite over the empty POST', 'sqlite', 'empty', bounds(0.6, 0.8), `, p99 ${p99('sqlite')} against ${p99('empty')}`);
  say('PostgreSQL over the empty POST', 'pg', 'emptyPg', bounds(0.5, 0.7), `, p99 ${p99('pg')} against ${p99('emptyPg')}`);
  say('SQLite over SELECT FOR UPDATE', 'sqlite', 'classic', bounds(15), `, p99 of the latter ${p99('classic')}`);
  say('PostgreSQL over SELECT FOR UPDATE', 'pg', 'classic', bounds(15));
}

async function oneRound({ shooter, bare, onSqlite, onPostgres }: Field, connections: number): Promise<Sample> {
  const shoot = (port: number, path: string, total = SHOTS): Promise<Shot> =>
    shooter.shoot({ ports: [port], path, connections, total, first: 0 });
  const bareShot = await shoot(bare.port, '/');
  const empty = await shoot(onSqlite.port, '/api/v1/bench/x/vide');
  const sqlite = await shoot(onSqlite.port, `/api/v1/seances/${await plan(onSqlite)}/inscriptions`);
  await quiet(onSqlite);
  const emptyPg = await shoot(onPostgres.port, '/api/v1/bench/x/vide');
  const pg = await shoot(onPostgres.port, `/api/v1/seances/${await plan(onPostgres)}/inscriptions`);
  await quiet(onPostgres);
  const classic = await shoot(onPostgres.port, `/api/v1/bench/${await plan(onPostgres)}/classique`, CLASSIC_SHOTS);
  await quiet(onPostgres);
  return { bare: bareShot, empty, sqlite, emptyPg, pg, classic };
}

/** Waits until the outbox is empty: what one shot leaves behind must not slow the next one, nor the empty POST that it is compared with. */
export async function quiet(server: Child): Promise<void> {
  for (let asked = 0; asked < 600; asked++) {
    const response = await fetch(`http://127.0.0.1:${server.port}/api/v1/boite-envoi`);
    if (((await response.json()) as { nonPublies: number }).nonPublies === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('The outbox does not empty');
}

async function plan(server: Child): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${server.port}/api/v1/seances`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      titre: 'Bench',
      debut: '2036-12-01T19:00:00+01:00',
      fin: '2036-12-01T21:00:00+01:00',
      places: SHOTS / 2,
      prixCentimes: 500,
    }),
  });
  return ((await response.json()) as { id: string }).id;
}
