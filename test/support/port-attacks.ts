import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, connect, type AddressInfo } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { PeerTransportOptions } from '../../src/runtime/cluster/transport.js';
import type { Check } from '../../src/runtime/cluster/transport-port.js';
import { ask, asText, openPeer, SECRET, type TestPeer } from './peers.js';

export type Attack = 'strangers' | 'garbage' | 'http' | 'secret' | 'replay' | 'flood' | 'halves' | 'bombs' | 'insider' | 'nonsense';

/** Two peers at work, one of which is attacked. */
export interface Stage {
  readonly good: TestPeer;
  readonly attacked: TestPeer;
  /** What reached the listener of `alarm`, which no honest peer ever says. */
  readonly alarms: unknown[];
}

interface Staging {
  /** What stands before the listener that must not hear anything. */
  readonly check?: Check<unknown>;
  readonly both?: Partial<PeerTransportOptions>;
  readonly ofAttacked?: Partial<PeerTransportOptions>;
}

export async function stage({ check = asText, both, ofAttacked }: Staging = {}): Promise<Stage> {
  const [good, attacked] = [await openPeer('good', both), await openPeer('attacked', { ...both, ...ofAttacked })];
  const alarms: unknown[] = [];
  attacked.transport.onCall('echo', asText, async (_from, said, piece) => piece(said));
  attacked.transport.onCall('alarm', check, async (_from, said) => void alarms.push(said));
  attacked.transport.onTell('alarm told', check, (_from, said) => alarms.push(said));
  good.transport.follow([attacked.peer]);
  await expect.poll(() => good.transport.connected(attacked.peer)).toBe(true);
  for (let time = 0; time < 500; time++) await ask(good, attacked, 'echo', 'warm');
  return { good, attacked, alarms };
}

/** What an attack did, in words; nothing when it did nothing. */
export async function damage({ good, attacked, alarms }: Stage, attack: Attack, options: object = {}): Promise<string[]> {
  const before = process.memoryUsage().rss;
  let most = before;
  let [answered, failed, slowest, blocked] = [0, 0, 0, 0];
  const loop = monitorEventLoopDelay({ resolution: 5 });
  loop.enable();
  let over = false;
  const attacker = attackerOf(attack, attacked, options).finally(() => (over = true));
  attacker.catch(() => undefined);
  while (!over) {
    const [began, burnt] = [performance.now(), process.cpuUsage()];
    await ask(good, attacked, 'echo', 'still here?').then(
      () => answered++,
      () => failed++,
    );
    slowest = Math.max(slowest, performance.now() - began);
    most = Math.max(most, process.memoryUsage().rss);
    await new Promise((resolve) => setImmediate(resolve));
    const { user, system } = process.cpuUsage(burnt);
    if (user + system > BLOCK_MS * 1000) blocked++;
  }
  loop.disable();
  await attacker;
  const [grown, usual, worst] = [(most - before) / (1 << 20), loop.percentile(90) / 1e6, loop.max / 1e6];
  return [
    ...(alarms.length > 0 ? [`heard: ${JSON.stringify(alarms[0])}`] : []),
    ...(failed > 0 || answered < 50 ? [`calls: ${failed} failed, ${answered} answered`] : []),
    ...(grown > MOST_MIB ? [`memory: ${grown.toFixed(0)} MiB more`] : []),
    ...(usual > USUAL_MS || worst > WORST_MS || slowest > WORST_MS || blocked > MOST_BLOCKS
      ? [`loop: p90 ${usual.toFixed(0)} ms, worst ${worst.toFixed(0)} ms, slowest call ${slowest.toFixed(0)} ms, ${blocked} long turns`]
      : []),
  ];
}

/** Some tens of MiB are what a heap breathes. */
const MOST_MIB = 64;
/** Nine pauses in ten: a busy machine takes the event loop away now and then, an attack that works takes it all the time. */
const USUAL_MS = 100;
const WORST_MS = 2000;
/** Turns of the event loop that took this much of the processor: counted in its time, which no other process can take away. */
const BLOCK_MS = 40;
/** A collection of garbage may be one. */
const MOST_BLOCKS = 4;

async function attackerOf(attack: Attack, { transport }: TestPeer, options: object): Promise<void> {
  const script = fileURLToPath(new URL('port-attacker.mjs', import.meta.url));
  const child = spawn(process.execPath, [script, attack, `${transport.port}`, JSON.stringify({ secret: SECRET, ...options })], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`the attacker failed: ${code}`);
}

/** What an honest peer said to `attacked` from its first byte on, as base64, in parts. It ends with an alarm. */
export async function recorded(attacked: TestPeer): Promise<string[]> {
  const parts: string[] = [];
  const tap = createServer((client) => {
    const server = connect(attacked.transport.port, '127.0.0.1');
    client.on('data', (data) => (parts.push(data.toString('base64')), server.write(data)));
    server.on('data', (data) => client.write(data));
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const)
      one.on('error', () => undefined).on('close', () => other.destroy());
  });
  await new Promise<void>((resolve) => tap.listen(0, '127.0.0.1', resolve));
  const recordee = await openPeer('recorded');
  recordee.transport.follow([{ ...attacked.peer, address: `127.0.0.1:${(tap.address() as AddressInfo).port}` }]);
  await expect.poll(() => recordee.transport.connected(attacked.peer)).toBe(true);
  await ask(recordee, attacked, 'alarm', 'recorded');
  await recordee.transport.close();
  tap.close();
  return parts;
}
