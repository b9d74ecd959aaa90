/** Each guard of the cluster port, taken out: the attacks of port-attaques.spec.ts must notice. The guards are patched here, never switched off in src. */
import { afterEach, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/runtime/clock.js';
import { closePeers } from '../support/peers.js';
import { type Attack, damage, recorded, stage } from '../support/port-attacks.js';

/** Which guard is out at the moment. */
const out = vi.hoisted(() => ({ guard: '' }));

vi.mock(import('../../src/runtime/cluster/handshake.js'), async (original) => {
  const real = await original();
  return { ...real, proves: (...args) => out.guard === 'proof' || real.proves(...args) };
});
vi.mock(import('../../src/runtime/cluster/wire.js'), async (original) => {
  const real = await original();
  const sized = (limit: number): number => (out.guard === 'size' ? Number.MAX_SAFE_INTEGER : limit);
  class FrameReader extends real.FrameReader {
    constructor(limit: () => number) {
      super(() => sized(limit()));
    }
  }
  const decode = (body: Buffer): unknown => (out.guard === 'structure' ? JSON.parse(body.toString()) : real.decode(body));
  return { ...real, FrameReader, decode } as typeof real;
});

afterEach(async () => {
  out.guard = '';
  await closePeers();
});

it.each<[string, Attack, RegExp]>([
  ['proof', 'secret', /heard: "alarm"/],
  ['size', 'flood', /memory: /],
  ['structure', 'insider', /loop: /],
])('without the %s, the attack "%s" does damage', async (guard, attack, seen) => {
  const set = await stage();
  out.guard = guard;
  expect((await damage(set, attack)).join('; ')).toMatch(seen);
});

it('without a check of the kind, nonsense is heard', async () => {
  const set = await stage({ check: (data) => data });
  expect((await damage(set, 'nonsense')).join('; ')).toMatch(/heard: /);
});

it('with a nonce that comes again, a recorded conversation is heard again', async () => {
  const clock = { ...systemClock, bytes: (length: number) => new Uint8Array(length) };
  const parts = await recorded((await stage({ ofAttacked: { clock } })).attacked);
  // Started again, so that no nonce is remembered: only a fresh one can tell.
  await closePeers();
  const set = await stage({ ofAttacked: { clock } });
  expect((await damage(set, 'replay', { parts })).join('; ')).toMatch(/heard: "recorded"/);
});
