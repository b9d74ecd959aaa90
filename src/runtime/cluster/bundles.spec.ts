import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../test/support/virtual-clock.js';
import { Bundles, type Sent } from './bundles.js';
import { FRAME_BYTES, FRAME_DEMANDES, type Forwarded } from './demande-frames.js';
import type { Peer } from './peer.js';
import { CallFailed, type Transport } from './transport-port.js';

const owner: Peer = { id: 'n2', incarnation: 'n2.1', address: 'n2:1' };

interface Call {
  readonly rows: readonly (readonly unknown[])[];
  readonly timeoutMs: number;
  piece(piece: unknown): void;
  end(error?: Error): void;
}

/** Bundles over a transport in the test's hands. */
function stage() {
  const clock = new VirtualClock();
  const calls: Call[] = [];
  const call: Transport['call'] = (_, __, data, { timeoutMs, onPiece }) =>
    new Promise((resolve, reject) => {
      const end = (error?: Error): void => (error === undefined ? resolve() : reject(error));
      calls.push({ rows: (data as { demandes: unknown[][] }).demandes, timeoutMs, piece: onPiece, end });
    });
  const bundles = new Bundles({ call } as Transport, clock, () => 1);
  const told: (Sent | undefined)[] = [];
  const send = (id: string, deadlineMs = 10_000, text = ''): void => {
    const index = told.push(undefined) - 1;
    const envelope = { scope: 's', id, minted: true, acteur: null, instant: 0, hash: 'h' };
    const one: Forwarded = { kind: 'k', stream: 's', demande: { type: 't', text } as Forwarded['demande'], envelope, hops: 1 };
    void bundles.send(owner, one, clock.monotonic() + deadlineMs).then((sent) => (told[index] = sent));
  };
  return { clock, calls, bundles, told, send };
}

describe('bundles', () => {
  it('what one turn sends is one frame; the next turn has a frame of its own', async () => {
    const { clock, calls, send } = stage();
    for (const id of ['a', 'b']) send(id);
    await clock.settle();
    send('c');
    await clock.settle();
    expect(calls.map(({ rows }) => rows.length)).toEqual([2, 1]);
  });

  it('a frame is bounded in demandes and in bytes; one that alone is too much travels alone', async () => {
    const { clock, calls, send } = stage();
    for (let i = 0; i <= FRAME_DEMANDES; i++) send(`a${i}`);
    await clock.settle();
    expect(calls.map(({ rows }) => rows.length)).toEqual([FRAME_DEMANDES, 1]);
    calls.splice(0);
    for (const size of [0.7, 0.7, 1.1, 0.1, 0.1]) send(`b${size}`, 10_000, 'x'.repeat(size * FRAME_BYTES));
    await clock.settle();
    expect(calls.map(({ rows }) => rows.length)).toEqual([1, 1, 1, 2]);
  });

  it('each reply settles its demande as it comes; what is left without one when the call ends is lost', async () => {
    const { clock, calls, told, send, bundles } = stage();
    for (const id of ['a', 'b', 'c']) send(id);
    await clock.settle();
    calls[0]!.piece([[1, { is: 'missing' }]]);
    await clock.settle();
    expect(told).toEqual([undefined, { is: 'missing' }, undefined]);
    calls[0]!.piece([[0, { is: 'moved', view: 2, hops: 1 }]]);
    calls[0]!.end();
    await clock.settle();
    expect(told).toEqual([{ is: 'moved', view: 2, hops: 1 }, { is: 'missing' }, { is: 'lost' }]);
    expect(bundles.outstanding).toBe(0);
    expect(clock.armed).toBe(0);
  });

  it.each(['unsent', 'lost', 'late'] as const)('a call that fails is told as it failed: %s', async (why) => {
    const { clock, calls, told, send } = stage();
    send('a');
    await clock.settle();
    calls[0]!.end(new CallFailed(why, 'x'));
    await clock.settle();
    expect(told).toEqual([{ is: why }]);
  });

  it('a piece that cannot be read settles nothing, and harms no other', async () => {
    const { clock, calls, told, send } = stage();
    for (const id of ['a', 'b']) send(id);
    await clock.settle();
    for (const junk of [null, 'x', [[7, { is: 'missing' }]], [[0, { is: 'yes' }]]]) calls[0]!.piece(junk);
    calls[0]!.piece([[1, { is: 'missing' }]]);
    calls[0]!.piece([[1, { is: 'failed' }]]);
    calls[0]!.end();
    await clock.settle();
    expect(told).toEqual([{ is: 'lost' }, { is: 'missing' }]);
  });

  it('each demande is settled before its own deadline, whatever the others of its frame have left', async () => {
    const { clock, calls, told, send } = stage();
    send('a', 1_000);
    send('b', 3_000);
    await clock.settle();
    expect(calls[0]!.timeoutMs).toBeGreaterThan(2_900);
    await clock.pass(999);
    expect(told).toEqual([{ is: 'late' }, undefined]);
    await clock.pass(2_000);
    expect(told).toEqual([{ is: 'late' }, { is: 'late' }]);
    // An owner is given less time than the caller has: its answer must still find the way back.
    expect(calls[0]!.rows.map((row) => row[3])).toEqual([850, 2_850]);
  });
});
