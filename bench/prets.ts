/**
 * `npm run bench:prets`: timers by the million, ten thousand due at once, loans through HTTP. Exit code 1 when a figure is below its floor.
 * One part alone: its name as the first argument.
 */
import { BenchPostgres } from './support/databases.js';
import { failures, machineLine, onlyPart } from './support/report.js';
import { due } from './prets/due.js';
import { loans } from './prets/loans.js';
import { pending } from './prets/pending.js';

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 5);
const timers = Number(process.env['BENCH_TIMERS'] ?? 1_000_000);
console.log(`MonClub, bench:prets · ${machineLine()} · ${rounds} rounds`);
const only = onlyPart(['pending', 'due', 'loans']);
const server = await BenchPostgres.start();
try {
  if (only === undefined || only === 'pending') await pending(server, rounds, timers);
  if (only === undefined || only === 'due') await due(server, rounds);
  if (only === undefined || only === 'loans') await loans(server, rounds);
} catch (error) {
  console.error(error);
  process.exit(2);
}
await server.stop();
console.log(failures() === 0 ? '\nEvery floor is reached.' : `\n${failures()} below the floor.`);
process.exitCode = failures() === 0 ? 0 : 1;
