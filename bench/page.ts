/**
 * `npm run bench:page`: how smooth the page is in a big club, what an idle one costs, what two hundred cost. Exit code 1 when a figure is below its
 * floor. One part alone: its name as the first argument.
 */
import { failures, machineLine, onlyPart } from './support/report.js';
import { deuxCents } from './page/deux-cents.js';
import { fluide } from './page/fluide.js';
import { oisive } from './page/oisive.js';

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 5);
const seconds = Number(process.env['BENCH_IDLE_S'] ?? 30);
console.log(`MonClub, bench:page · ${machineLine()} · ${rounds} rounds`);
const only = onlyPart(['fluide', 'oisive', 'deux-cents']);
try {
  if (only === undefined || only === 'fluide') await fluide(rounds);
  if (only === undefined || only === 'oisive') await oisive(seconds);
  if (only === undefined || only === 'deux-cents') await deuxCents(rounds);
} catch (error) {
  console.error(error);
  process.exit(2);
}
console.log(failures() === 0 ? '\nEvery floor is reached.' : `\n${failures()} below the floor.`);
process.exitCode = failures() === 0 ? 0 : 1;
