/** `npm run bench:seances`: the figures that the README quotes. Exit code 1 when one is below its floor. */
import { BenchPostgres } from './support/databases.js';
import { failures, machineLine, onlyPart } from './support/report.js';
import { hot } from './hot.js';
import { scale } from './scale.js';
import { start } from './start.js';
import { http } from './http/http.js';

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 5);
console.log(`MonClub, bench:seances · ${machineLine()} · ${rounds} rounds`);
const only = onlyPart(['hot', 'scale', 'start', 'http']);
const server = await BenchPostgres.start();
try {
  if (only === undefined || only === 'hot') await hot(server, rounds);
  if (only === undefined || only === 'scale') await scale(rounds);
  if (only === undefined || only === 'start') await start(rounds);
  if (only === undefined || only === 'http') await http(server, rounds);
} catch (error) {
  console.error(error);
  process.exit(2);
}
await server.stop();
console.log(failures() === 0 ? '\nEvery floor is reached.' : `\n${failures()} below the floor.`);
process.exitCode = failures() === 0 ? 0 : 1;
