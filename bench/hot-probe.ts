import pg from 'pg';
import { startPostgres } from '../test/support/postgres.js';
import { BenchClub, envelope } from './support/club.js';
import { Classic } from './support/classic.js';
import { closedLoop } from './support/load.js';

const server = await startPostgres();
const admin = new pg.Client({ connectionString: `${server.url}/postgres` });
await admin.connect();
await admin.query('create database bench');
await admin.end();
const url = `${server.url}/bench`;
const sqlite = await BenchClub.open();
const postgres = await BenchClub.open(url);
const classic = new Classic(url);
const N = 20_000;
const membres = await sqlite.membres(N);
await postgres.membres(N);
let s = 0;
const next = () => `sea_${String(++s).padStart(26, '0')}`;
for (let round = 0; round < 2; round++)
for (const callers of [64, 512]) {
  const id = next();
  await postgres.planifier(id, N / 2);
  const c = await closedLoop(callers, 1500, async (n) => void (await classic.inscrire(id, membres[n]!, `classic-${id}-${n}`, 'h'.repeat(22))));
  const out: Record<string, unknown> = { classic: Math.round(c.rate) };
  for (const [name, club] of Object.entries({ sqlite, postgres })) {
    const id = next();
    await club.planifier(id, N / 2);
    const m = await closedLoop(callers, N, async (n) => {
      const o = await club.seances.ask(id, { type: 'inscrire', membreId: membres[n] as never, siComplet: 'attendre' }, envelope(`POST /x\n${id}\n${membres[n]}`));
      if (o.is !== 'done') throw new Error(JSON.stringify(o));
    });
    out[name] = `${Math.round(m.rate)} (x${(m.rate / c.rate).toFixed(1)}) p99 ${m.p99.toFixed(1)}`;
  }
  console.log(callers, out);
}
await classic.close();
await sqlite.close();
await postgres.close();
await server.stop();
