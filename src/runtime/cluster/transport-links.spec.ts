import { createServer, type Server, type Socket } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { ask, asText, closePeers, echo, openPeer, SECRET, type TestPeer } from '../../../test/support/peers.js';
import type { Peer } from './peer.js';
import { CallFailed } from './transport-port.js';

const servers: Server[] = [];
afterEach(async () => {
  await closePeers();
  for (const server of servers.splice(0)) server.close();
});

/** What `onLink` told, as `b-first up`. */
function links({ transport }: TestPeer): string[] {
  const told: string[] = [];
  transport.onLink((peer, up) => told.push(`${peer.incarnation} ${up ? 'up' : 'down'}`));
  return told;
}
const up = (from: TestPeer, to: { peer: Peer }): Promise<void> => expect.poll(() => from.transport.connected(to.peer)).toBe(true);
const addressOf = ({ transport }: TestPeer) => ({ host: '127.0.0.1', port: transport.port });

async function pair(): Promise<[TestPeer, TestPeer]> {
  const [a, b] = [await openPeer('a'), await openPeer('b')];
  a.transport.follow([b.peer]);
  await up(a, b);
  return [a, b];
}

describe('following', () => {
  it('connects to those followed and to nobody else, and tells so', async () => {
    const [a, b, c] = [await openPeer('a'), await openPeer('b'), await openPeer('c')];
    const told = links(a);
    a.transport.follow([a.peer, b.peer, c.peer]);
    await up(a, b);
    await up(a, c);
    expect(a.transport.connected(a.peer)).toBe(false);
    a.transport.follow([c.peer]);
    expect([a.transport.connected(b.peer), a.transport.connected(c.peer)]).toEqual([false, true]);
    await expect.poll(() => b.transport.traffic.inbound).toBe(0);
    expect(told.toSorted()).toEqual(['b-first down', 'b-first up', 'c-first up']);
    expect([a.transport.traffic.links, a.transport.traffic.inbound]).toEqual([1, 0]);
  });

  it('followed again, a connection stays as it is', async () => {
    const [a, b] = await pair();
    const told = links(a);
    a.transport.follow([b.peer]);
    a.transport.follow([{ ...b.peer }]);
    expect([told, a.transport.connected(b.peer)]).toEqual([[], true]);
  });

  it('tries for ever: a peer that comes later, or comes back, is found', async () => {
    const b = await openPeer('b');
    await b.transport.close();
    const a = await openPeer('a');
    const told = links(a);
    a.transport.follow([b.peer]);
    await expect.poll(() => a.reports).toEqual([expect.stringMatching(/No connection to b: .*ECONNREFUSED/)]);
    for (let time = 0; time < 3; time++) {
      await b.transport.open();
      await up(a, b);
      await b.transport.close();
      await expect.poll(() => a.transport.connected(b.peer)).toBe(false);
    }
    expect(told).toEqual(Array.from({ length: 6 }, (_, at) => (at % 2 === 0 ? 'b-first up' : 'b-first down')));
    expect(a.reports).toHaveLength(1);
  });

  it('finds only the very incarnation that is followed, and says once who is there instead', async () => {
    const [a, b] = [await openPeer('a'), await openPeer('b')];
    a.transport.follow([{ ...b.peer, incarnation: 'b-former' }]);
    await expect.poll(() => a.reports).toEqual([expect.stringContaining('another one answers there: b b-first')]);
    expect(a.transport.traffic.links).toBe(0);
    a.transport.follow([b.peer]);
    await up(a, b);
    expect(a.reports).toHaveLength(1);
  });

  it('what is no address is told, and the others are followed', async () => {
    const [a, b] = [await openPeer('a'), await openPeer('b')];
    a.transport.follow([{ ...b.peer, incarnation: 'x', address: 'nowhere' }, b.peer]);
    await up(a, b);
    expect(a.reports).toEqual([expect.stringContaining('"nowhere" is no address')]);
  });

  it('with another secret nobody is let in, and both sides say so', async () => {
    const [a, b] = [await openPeer('a', { secret: `${SECRET}?` }), await openPeer('b')];
    a.transport.follow([b.peer]);
    await expect.poll(() => b.transport.traffic.dropped.unauthenticated).toBeGreaterThan(2);
    expect(a.transport.connected(b.peer)).toBe(false);
    expect(a.reports).toEqual([expect.stringContaining('does it have the same secret?')]);
    expect(b.reports).toEqual([expect.stringContaining('It does not know the secret, and says to be "a"')]);
  });

  it('a server that proves nothing is not spoken to', async () => {
    const heard: string[] = [];
    const nonce = 'x'.repeat(43);
    const impostor = createServer((socket: Socket) => {
      const say = (message: object): unknown => socket.write(`${JSON.stringify(message).length}#${JSON.stringify(message)}`);
      socket.on('data', (data) => {
        heard.push(data.toString());
        if (heard.length === 1) say({ step: 'challenge', id: 'b', incarnation: 'b-first', nonce });
        if (heard.length === 2) say({ step: 'welcome', mac: nonce });
      });
    });
    servers.push(impostor);
    await new Promise<void>((resolve) => impostor.listen(0, '127.0.0.1', resolve));
    const a = await openPeer('a');
    a.transport.follow([{ id: 'b', incarnation: 'b-first', address: `127.0.0.1:${(impostor.address() as { port: number }).port}` }]);
    await expect.poll(() => a.transport.traffic.dropped.unauthenticated).toBeGreaterThan(0);
    expect(a.transport.traffic.links).toBe(0);
    expect(heard.slice(0, 2).map((said) => /"step":"(\w+)"/.exec(said)?.[1])).toEqual(['hello', 'proof']);
  });
});

describe('cutting', () => {
  it('destroys both connections with that incarnation, and following brings them back', async () => {
    const [a, b] = await pair();
    b.transport.follow([a.peer]);
    await up(b, a);
    const told = [links(a), links(b)];
    a.transport.cut(b.peer);
    expect([a.transport.connected(b.peer), a.transport.traffic.inbound]).toEqual([false, 0]);
    await up(a, b);
    await expect
      .poll(() => told)
      .toEqual([
        ['b-first down', 'b-first up'],
        ['a-first down', 'a-first up'],
      ]);
    await up(b, a);
  });

  it('a later connection of the same incarnation replaces the one before', async () => {
    const [a, b] = await pair();
    const twin = await openPeer('a');
    twin.transport.follow([b.peer]);
    await up(twin, b);
    await expect.poll(() => a.transport.connected(b.peer)).toBe(false);
    expect(b.transport.traffic.inbound).toBe(1);
    twin.transport.follow([]);
    await up(a, b);
  });
});

describe('another life in place', () => {
  it('speaks for itself: the connections of the former life end, both ways', async () => {
    const [a, b] = await pair();
    echo(a);
    echo(b);
    b.transport.follow([a.peer]);
    await up(b, a);
    const former = a.peer;
    a.reborn('a-second');
    expect(a.transport.connected(b.peer)).toBe(false);
    await expect(ask(a, b, 'echo', 'x')).rejects.toMatchObject({ why: 'unsent' });
    await expect(b.transport.call(former, 'echo', 'x', { timeoutMs: 5000, onPiece: () => {} })).rejects.toMatchObject({ why: 'lost' });
    // It connects again by itself; the other one must be told of the new life.
    await up(a, b);
    b.transport.follow([a.peer]);
    await up(b, a);
    b.transport.onCall('who', asText, async ({ incarnation }, _said, piece) => piece(incarnation));
    expect(await ask(a, b, 'who', '')).toEqual(['a-second']);
    await expect.poll(() => b.transport.traffic.inbound).toBe(1);
  });
});

describe('addresses', () => {
  it('whoever answers there is met, and told with that address', async () => {
    const [a, b] = [await openPeer('a'), await openPeer('b')];
    const met: [Peer, boolean][] = [];
    a.transport.onLink((peer, isUp) => met.push([peer, isUp]));
    a.transport.followAddresses([addressOf(b)]);
    await up(a, b);
    expect(met).toEqual([[b.peer, true]]);
    echo(b);
    expect(await ask(a, b, 'echo', 'x')).toEqual(['x']);
  });

  it('the own address is let be', async () => {
    const [a, b] = [await openPeer('a'), await openPeer('b')];
    a.transport.followAddresses([addressOf(a), addressOf(b)]);
    await up(a, b);
    expect([a.transport.traffic.links, a.transport.traffic.inbound, a.reports]).toEqual([1, 0, []]);
  });

  it('a followed peer and its address share one connection, which the other keeps alive when one is given up', async () => {
    const [a, b] = await pair();
    const told = links(a);
    a.transport.followAddresses([addressOf(b)]);
    a.transport.follow([b.peer]);
    expect([told, a.transport.traffic.links]).toEqual([[], 1]);
    a.transport.follow([]);
    await up(a, b);
    a.transport.follow([b.peer]);
    a.transport.followAddresses([]);
    await up(a, b);
    await expect.poll(() => b.transport.traffic.inbound).toBe(1);
    a.transport.follow([]);
    expect(a.transport.connected(b.peer)).toBe(false);
  });
});

describe('opening and closing', () => {
  it('a port that is taken is named', async () => {
    const a = await openPeer('a');
    await expect(openPeer('b', { port: a.transport.port })).rejects.toThrow(
      new RegExp(`cluster port 127.0.0.1:${a.transport.port} cannot be opened \\(EADDRINUSE\\): another program has it`),
    );
  });

  it('the port is kept through a restart, and who was followed still is', async () => {
    const [a, b] = await pair();
    const { port } = a.transport;
    await a.transport.close();
    expect([a.transport.connected(b.peer), a.transport.traffic.links]).toEqual([false, 0]);
    await a.transport.open();
    expect(a.transport.port).toBe(port);
    await up(a, b);
  });

  it('closing takes nothing new, and waits for what is being answered', async () => {
    const [a, b] = await pair();
    let end: () => void = () => {};
    b.transport.onCall('hold', asText, (_from, _said, piece) => new Promise((resolve) => (end = () => (piece('done'), resolve()))));
    const call = ask(a, b, 'hold', '');
    const before = end;
    await expect.poll(() => end).not.toBe(before);
    const closed = b.transport.close();
    await expect(ask(a, b, 'hold', '')).rejects.toBeInstanceOf(CallFailed);
    end();
    expect(await call).toEqual(['done']);
    await closed;
    await expect.poll(() => a.transport.connected(b.peer)).toBe(false);
  });

  it('closing waits a second at most', async () => {
    const [a, b] = await pair();
    let begun = false;
    b.transport.onCall('hold', asText, () => ((begun = true), new Promise(() => {})));
    const call = ask(a, b, 'hold', '').catch((error: unknown) => error);
    await expect.poll(() => begun).toBe(true);
    await Promise.all([b.transport.close(), b.transport.close()]);
    expect(await call).toMatchObject({ why: 'lost' });
  });

  it('as a strategy of a Nest application it opens and closes with it', async () => {
    const a = await openPeer('a');
    const b = await openPeer('b');
    await b.transport.close();
    const app = await NestFactory.create(class Empty {}, new FastifyAdapter(), { logger: false });
    app.connectMicroservice({ strategy: b.transport.strategy }, { inheritAppConfig: true });
    await app.startAllMicroservices();
    echo(b);
    a.transport.follow([b.peer]);
    await up(a, b);
    expect(await ask(a, b, 'echo', 'through Nest')).toEqual(['through Nest']);
    await app.close();
    await expect.poll(() => a.transport.connected(b.peer)).toBe(false);
  });
});
