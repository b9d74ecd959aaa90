import { afterEach, it, vi } from 'vitest';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { systemClock } from '../../src/runtime/clock.js';
import { closePeers, openPeer } from '../support/peers.js';
import { Replica } from '../../src/modules/crdt/replica.js';
import { Sync } from '../../src/modules/crdt/sync.js';
import { Rights } from '../../src/modules/crdt/rights.js';
import { SqliteStore } from '../../src/modules/crdt/store.sqlite.js';
import { product } from '../support/counters-stage.js';
afterEach(closePeers);
it('real', { timeout: 60_000 }, async () => {
  const clock = systemClock;
  const dir = mkdtempSync(join(tmpdir(), 'h3-'));
  const all = [];
  for (const id of ['n1', 'n2', 'n3']) {
    const peer = await openPeer(id);
    const report = (m: string, e?: unknown) => console.log(id, m, e);
    const replica = new Replica({ id, store: new SqliteStore({ file: join(dir, id, 'c.sqlite'), instance: id }), clock, report });
    const sync = new Sync({ transport: peer.transport, replica, clock, report });
    const rights = new Rights({ replica, sync, clock, report });
    all.push({ id, peer, replica, sync, rights });
    replica.start(); sync.start(); rights.start();
  }
  for (const a of all) a.peer.transport.followAddresses(all.filter((b) => b !== a).map((b) => ({ host: '127.0.0.1', port: b.peer.transport.port })));
  await vi.waitFor(() => { if (all.some((a) => a.sync.connected.length < 2 || a.replica.state !== 'open')) throw new Error('no'); }, { timeout: 10_000 });
  for (const a of all) await a.replica.learn([product('cafe'), product('tote', true)]);
  const lat: number[] = [];
  let n = 0;
  const env = () => ({ scope: 'x', id: `o${n++}`, minted: true, acteur: null, instant: Date.now(), hash: 'h', deadline: clock.monotonic() + 5000 });
  let sum = 0n;
  for (let i = 0; i < 40; i++) {
    const at = all[i % 3]!;
    const t = performance.now();
    await at.replica.perform(env(), { type: 'change', product: 'cafe', by: 1n });
    sum++;
    while (all.some((a) => a.replica.counters.value('cafe') !== sum)) await new Promise((r) => setImmediate(r));
    lat.push(performance.now() - t);
    await new Promise((r) => setTimeout(r, 20 * (i % 5)));
  }
  lat.sort((a, b) => a - b);
  console.log('ms to all, incl. perform: median', lat[20], 'max', lat.at(-1));
  // load
  const t = performance.now();
  let ops = 0;
  const until = t + 3000;
  await Promise.all(all.flatMap((a) => Array.from({ length: 30 }, async () => { while (performance.now() < until) { await a.replica.perform(env(), { type: 'change', product: 'cafe', by: 1n }); ops++; } })));
  const t2 = performance.now();
  while (new Set(all.map((a) => a.replica.counters.value('cafe'))).size > 1) await new Promise((r) => setImmediate(r));
  console.log('ops/s', ops / ((t2 - t) / 1000), 'settle ms', performance.now() - t2, all.map((a) => a.sync.figures));
  // a store reopened / link cut
  all[0]!.peer.transport.cut(all[1]!.peer.peer); all[0]!.peer.transport.cut(all[2]!.peer.peer);
  await all[0]!.replica.perform(env(), { type: 'change', product: 'cafe', by: 1n });
  const t3 = performance.now();
  while (new Set(all.map((a) => a.replica.counters.value('cafe'))).size > 1) await new Promise((r) => setImmediate(r));
  console.log('after cut ms', performance.now() - t3);
  await all[0]!.replica.perform(env(), { type: 'change', product: 'tote', by: 9n });
  const r = await all[1]!.replica.perform(env(), { type: 'change', product: 'tote', by: -8n });
  console.log(r.outcome, await all[0]!.sync.reached(r.slot, r.version, 2, clock.monotonic() + 1000), await all[0]!.sync.convergence());
});
