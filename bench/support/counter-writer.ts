/**
 * One process that counts on a store of its own as fast as it can: `node counter-writer.js FILE INSTANCE FIRST [CALLERS]`.
 *
 * Lines on its output, each written before what follows it is done: `open SLOT VALUE`, or `busy` once while another process has the
 * store; then `ask I` before operation I is asked and `done I` when it is acknowledged. Operation I adds I + 1 under the id `d-I`; the
 * first one is FIRST. It goes on until it is killed. FIRST < 0: it counts nothing and keeps the store.
 */
import { writeSync } from 'node:fs';
import { Replica } from '../../src/modules/crdt/replica.js';
import { SqliteStore } from '../../src/modules/crdt/store.sqlite.js';
import { StoreBusy } from '../../src/modules/crdt/store.js';
import { systemClock } from '../../src/runtime/clock.js';

const [file = '', instance = '', first = '0', callers = '64'] = process.argv.slice(2);
const tell = (line: string): void => void writeSync(1, `${line}\n`);
const report = (message: string, error?: unknown): void => {
  if (!(error instanceof StoreBusy)) writeSync(2, `${message} ${String(error)}\n`);
};
const replica = new Replica({ id: instance, store: new SqliteStore({ file, instance }), clock: systemClock, report });
const DEADLINE_MS = 60_000;

function opened(): Promise<void> {
  return new Promise((resolve) => {
    replica.onOpening(resolve);
    replica.start();
    setTimeout(() => replica.state === 'busy' && tell('busy'), 100);
  });
}

async function count(next: () => number): Promise<never> {
  for (;;) {
    const i = next();
    tell(`ask ${i}`);
    const deadline = systemClock.monotonic() + DEADLINE_MS;
    const envelope = { scope: 'bench', id: `d-${i}`, minted: false, acteur: null, instant: systemClock.now(), hash: `${i}`, deadline };
    const { outcome } = await replica.perform(envelope, { type: 'change', product: 'cafe', by: BigInt(i + 1) });
    if (outcome.is !== 'done') throw new Error(JSON.stringify(outcome));
    tell(`done ${i}`);
  }
}

// The replica's own timers keep no process alive.
setInterval(() => undefined, 1_000_000);
await opened();
await replica.learn([{ produit: 'cafe', nom: 'Café', unite: null, seuil: null, borne: false, creeLe: 0 }]);
tell(`open ${replica.slot} ${replica.counters.value('cafe')}`);
let at = Number(first);
if (at >= 0) await Promise.all(Array.from({ length: Number(callers) }, () => count(() => at++)));
