/**
 * `npm run bench:compteurs`: the counters beside Automerge's Counter and a map of per-client counts in Yjs, in one run.
 * Exit code 1 when a figure is below its floor. One part alone: its name as the first argument.
 */
import { convergence } from './compteurs/convergence.js';
import { http } from './compteurs/http.js';
import { increments } from './compteurs/increments.js';
import { merges } from './compteurs/merges.js';
import { wire } from './compteurs/wire.js';
import { BenchCluster } from './grappe/cluster.js';
import { onSqlite } from './grappe/ground.js';
import { failures, machineLine, onlyPart } from './support/report.js';

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 5);
const trials = Number(process.env['BENCH_TRIALS'] ?? 40);
const heals = Math.ceil(trials / 8);
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

for (const [signal, code] of Object.entries(SIGNALS))
  process.once(signal, () => void BenchCluster.clearAll().finally(() => process.exit(code)));

/** In the order in which they are shown. Each prints its own lines. */
const parts: Readonly<Record<string, () => Promise<void>>> = {
  increments: () => increments(rounds),
  merges: () => merges(rounds),
  wire: () => wire(),
  http: () => http(rounds),
  convergence: async () => {
    const ground = await onSqlite();
    try {
      await convergence(ground, trials, heals);
    } finally {
      await ground.clear();
    }
  },
};

const only = onlyPart(Object.keys(parts));
console.log(`MonClub, bench:compteurs · ${machineLine()} where anything is durable · ${rounds} rounds`);
try {
  for (const [name, part] of Object.entries(parts)) if (only === undefined || only === name) await part();
} catch (error) {
  console.error(error);
  process.exit(2);
}
console.log(failures() === 0 ? '\nEvery floor is reached.' : `\n${failures()} below the floor.`);
process.exitCode = failures() === 0 ? 0 : 1;
