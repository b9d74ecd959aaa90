import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask, asText, closePeers, echo, openPeer, type TestPeer } from '../../../test/support/peers.js';
import { CallFailed } from './transport-port.js';
import { MAX_FRAME_BYTES } from './wire.js';

let a: TestPeer;
let b: TestPeer;
beforeEach(async () => {
  [a, b] = [await openPeer('a'), await openPeer('b')];
  a.transport.follow([b.peer]);
  await expect.poll(() => a.transport.connected(b.peer)).toBe(true);
});
afterEach(closePeers);

/** A call that stays unanswered until `end`. */
function held(): { end: () => void; begun: () => number } {
  const ends: (() => void)[] = [];
  b.transport.onCall('hold', asText, () => new Promise((resolve) => ends.push(resolve)));
  return { end: () => ends.splice(0).forEach((end) => end()), begun: () => ends.length };
}
const why = (error: unknown): string => (error instanceof CallFailed ? error.why : String(error));
const fails = (call: Promise<unknown>): Promise<string> => call.then(() => 'answered', why);

describe('a call', () => {
  it('is answered by who listens, who knows who asks', async () => {
    b.transport.onCall('who', asText, async (from, said, piece) => piece([from, said]));
    expect(await ask(a, b, 'who', 'is it?')).toEqual([[{ id: 'a', incarnation: 'a-first' }, 'is it?']]);
  });

  it('brings each piece as it comes, in order, and ends after the last', async () => {
    const pieces: unknown[] = [];
    let next: (piece: string | undefined) => void = () => {};
    b.transport.onCall('tale', asText, async (_from, _said, piece) => {
      for (;;) {
        const said = await new Promise<string | undefined>((resolve) => (next = resolve));
        if (said === undefined) return;
        piece(said);
        piece(null);
      }
    });
    let ended = false;
    const call = a.transport
      .call(b.peer, 'tale', 'once', { timeoutMs: 5000, onPiece: (piece) => pieces.push(piece) })
      .then(() => (ended = true));
    for (const said of ['one', 'two']) {
      const before = pieces.length;
      await expect.poll(() => (next(said), pieces.length)).toBeGreaterThan(before);
    }
    expect(ended).toBe(false);
    await expect.poll(() => (next(undefined), ended)).toBe(true);
    await call;
    expect(pieces.filter((_, at) => at % 2 === 1).every((piece) => piece === null)).toBe(true);
    expect([pieces[0], pieces.at(-2)]).toEqual(['one', 'two']);
  });

  it('without a piece ends too', async () => {
    b.transport.onCall('nothing', asText, async () => {});
    expect(await ask(a, b, 'nothing', '')).toEqual([]);
  });

  it('may be one of thousands at once: each gets its own answer', async () => {
    echo(b);
    const said = Array.from({ length: 1000 }, (_, at) => `${at}é`);
    expect(await Promise.all(said.map((one) => ask(a, b, 'echo', one)))).toEqual(said.map((one) => [one]));
  });

  it('is unsent when it nests deeper than any stack can write', async () => {
    echo(b);
    const deep: unknown = JSON.parse('['.repeat(15_000) + ']'.repeat(15_000));
    expect(await fails(ask(a, b, 'echo', deep))).toBe('unsent');
    expect(await ask(a, b, 'echo', 'still here')).toEqual(['still here']);
  });

  it('is late when its time is up, and an answer after that is dropped', async () => {
    const { end, begun } = held();
    const call = fails(ask(a, b, 'hold', '', 50));
    await expect.poll(begun).toBe(1);
    expect(await call).toBe('late');
    end();
    echo(b);
    expect(await ask(a, b, 'echo', 'still here')).toEqual(['still here']);
  });

  it('is lost at once when the connection breaks after it left', async () => {
    const { end, begun } = held();
    const call = fails(ask(a, b, 'hold', ''));
    await expect.poll(begun).toBe(1);
    b.transport.cut(a.peer);
    expect(await call).toBe('lost');
    end();
  });

  it('is lost when the answer fails there, which is told there once', async () => {
    b.transport.onCall('fail', asText, () => Promise.reject(new Error('broken')));
    b.transport.onCall('throw', asText, () => {
      throw new Error('thrown');
    });
    for (let time = 0; time < 3; time++) expect(await fails(ask(a, b, 'fail', ''))).toBe('lost');
    expect(await fails(ask(a, b, 'throw', ''))).toBe('lost');
    expect(b.reports).toEqual([expect.stringMatching(/"fail" to a failed: broken/), expect.stringMatching(/"throw" to a failed: thrown/)]);
  });

  it('is unsent without a connection, and when it is too long', async () => {
    const stranger = { peer: { id: 'x', incarnation: 'x-first', address: '127.0.0.1:1' } } as TestPeer;
    expect(await fails(ask(a, stranger, 'echo', ''))).toBe('unsent');
    expect(await fails(ask(a, b, 'echo', 'x'.repeat(MAX_FRAME_BYTES)))).toBe('unsent');
    expect(a.transport.connected(b.peer)).toBe(true);
  });

  it('whose answer holds a piece too long, or none that JSON knows, is lost, never short of a piece', async () => {
    b.transport.onCall('long', asText, async (_from, _said, piece) => {
      piece('first');
      piece('x'.repeat(MAX_FRAME_BYTES));
      piece('last');
    });
    b.transport.onCall('odd', asText, async (_from, _said, piece) => piece(1n));
    expect(await fails(ask(a, b, 'long', ''))).toBe('lost');
    expect(await fails(ask(a, b, 'odd', ''))).toBe('lost');
    echo(b);
    expect(await ask(a, b, 'echo', 'on')).toEqual(['on']);
  });

  it('whose piece is not understood here is lost, and harms no other', async () => {
    echo(b);
    const throwing = a.transport.call(b.peer, 'echo', 'x', {
      timeoutMs: 5000,
      onPiece: () => {
        throw new Error('not understood');
      },
    });
    expect(await fails(throwing)).toBe('lost');
    expect(a.transport.traffic.dropped.schema).toBe(1);
    expect(await ask(a, b, 'echo', 'on')).toEqual(['on']);
  });
});

describe('a tell', () => {
  it('is heard in the order of its sender', async () => {
    const heard: string[] = [];
    b.transport.onTell('said', asText, (from, said) => heard.push(`${from.id} ${said}`));
    for (let at = 0; at < 100; at++) a.transport.tell(b.peer, 'said', `${at}`);
    await expect.poll(() => heard.length).toBe(100);
    expect(heard).toEqual(Array.from({ length: 100 }, (_, at) => `a ${at}`));
    expect(a.transport.traffic.tells).toBe(100);
  });

  it('without a connection, or too long, is dropped', () => {
    a.transport.tell({ ...b.peer, incarnation: 'b-former' }, 'said', '');
    a.transport.tell(b.peer, 'said', 'x'.repeat(MAX_FRAME_BYTES));
    expect(a.transport.traffic.tells).toBe(0);
    expect(a.reports).toEqual([expect.stringContaining('"said" cannot be sent to b')]);
  });

  it('whose listener throws harms nobody', async () => {
    b.transport.onTell('bad', asText, () => {
      throw new Error('bug');
    });
    a.transport.tell(b.peer, 'bad', '');
    await expect.poll(() => b.reports).toEqual([expect.stringMatching(/Hearing "bad" of a failed: bug/)]);
    echo(b);
    expect(await ask(a, b, 'echo', 'on')).toEqual(['on']);
  });
});

describe('what is refused', () => {
  it('a message that its check refuses is dropped and counted; the call is lost, the connection stays', async () => {
    const heard: unknown[] = [];
    b.transport.onTell('text', asText, (_from, said) => heard.push(said));
    echo(b);
    a.transport.tell(b.peer, 'text', 5);
    a.transport.tell(b.peer, 'text', 'right');
    expect(await fails(ask(a, b, 'echo', { not: 'a text' }))).toBe('lost');
    expect(await ask(a, b, 'echo', 'on')).toEqual(['on']);
    expect(heard).toEqual(['right']);
    expect(b.transport.traffic.dropped.schema).toBe(2);
  });

  it('a kind that nobody listens to, or that is told instead of asked, is counted', async () => {
    echo(b);
    expect(await fails(ask(a, b, 'unheard of', ''))).toBe('lost');
    expect(await fails(ask(a, b, 'constructor', ''))).toBe('lost');
    a.transport.tell(b.peer, 'echo', 'told');
    await expect.poll(() => b.transport.traffic.dropped['unknown kind']).toBe(3);
    expect(await ask(a, b, 'echo', 'on')).toEqual(['on']);
  });

  it('who listens last to a kind is its listener', async () => {
    echo(b);
    b.transport.onCall('echo', asText, async (_from, _said, piece) => piece('again'));
    expect(await ask(a, b, 'echo', 'x')).toEqual(['again']);
  });

  it('what waits for a peer that does not read is bounded: calls are unsent, tells dropped', async () => {
    b.transport.onTell('flood', asText, () => {});
    const { length } = 'x'.repeat(500_000);
    // Nothing leaves before this turn ends.
    for (let time = 0; time < 30; time++) a.transport.tell(b.peer, 'flood', 'x'.repeat(length));
    expect(a.transport.traffic.tells).toBe(17);
    expect(await fails(ask(a, b, 'echo', ''))).toBe('unsent');
    echo(b);
    await expect.poll(() => fails(ask(a, b, 'echo', 'x'))).toBe('answered');
  });
});
