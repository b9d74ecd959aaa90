import { mkdtempSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { authority, certify } from '../../../test/support/certificates.js';
import { ask, closePeers, echo, openPeer, type TestPeer } from '../../../test/support/peers.js';
import { type PeerTls, readPeerTls } from './peer-tls.js';

afterEach(closePeers);

const club = authority();
const opened = (id: string, tls: PeerTls | undefined = certify(club, id)): Promise<TestPeer> => openPeer(id, { tls });
const up = (from: TestPeer, to: TestPeer): Promise<void> => expect.poll(() => from.transport.connected(to.peer)).toBe(true);
const turnedAway = ({ transport }: TestPeer): number => transport.traffic.dropped.unauthenticated;

describe('mutual TLS', () => {
  it('peers with certificates of their names talk, both ways', async () => {
    const [a, b] = [await opened('a'), await opened('b', certify(club, 'whatever', ['other', 'b']))];
    echo(a);
    echo(b);
    a.transport.follow([b.peer]);
    b.transport.follow([a.peer]);
    await Promise.all([up(a, b), up(b, a)]);
    const long = 'é'.repeat(400_000);
    expect(await Promise.all([ask(a, b, 'echo', long), ask(b, a, 'echo', 'b')])).toEqual([[long], ['b']]);
    a.transport.cut(b.peer);
    await Promise.all([up(a, b), up(b, a)]);
  });

  it('a caller whose certificate is of another name is turned away, though it knows the secret', async () => {
    const [a, b] = [await opened('a', certify(club, 'c', ['A', 'a.', 'xa'])), await opened('b')];
    a.transport.follow([b.peer]);
    await expect.poll(() => b.reports).toEqual([expect.stringContaining('Its certificate is not of "a"')]);
    expect(b.transport.traffic.inbound).toBe(0);
  });

  it('one who answers with a certificate of another name is not spoken to', async () => {
    const [a, b] = [await opened('a'), await opened('b', certify(club, 'c'))];
    a.transport.follow([b.peer]);
    await expect.poll(() => a.reports).toEqual(expect.arrayContaining([expect.stringContaining('Its certificate is not of "b"')]));
    expect([a.transport.traffic.links, b.transport.traffic.inbound]).toEqual([0, 0]);
  });

  it('another authority is none, on either side', async () => {
    const other = authority();
    const [a, b, c] = [await opened('a', certify(other, 'a')), await opened('b'), await opened('c')];
    a.transport.follow([b.peer]);
    c.transport.follow([a.peer]);
    await expect.poll(() => [a.reports.length > 0, c.reports.length > 0]).toEqual([true, true]);
    expect([a, b, c].map(({ transport }) => transport.traffic.links)).toEqual([0, 0, 0]);
  });

  it('without a certificate, or in plain text, nobody gets to speak; the good ones do not notice', async () => {
    const [a, b, plain] = [await opened('a'), await opened('b'), await openPeer('plain')];
    echo(b);
    a.transport.follow([b.peer]);
    await up(a, b);
    plain.transport.follow([b.peer]);
    await expect.poll(() => turnedAway(b)).toBeGreaterThan(0);
    const before = turnedAway(b);
    const nobody = connectTls({ port: b.transport.port, host: '127.0.0.1', ca: club.ca, checkServerIdentity: () => undefined });
    nobody.on('error', () => undefined);
    nobody.on('data', () => undefined);
    await expect.poll(() => nobody.destroyed).toBe(true);
    expect(turnedAway(b)).toBeGreaterThan(before);
    expect(await ask(a, b, 'echo', 'on')).toEqual(['on']);
    expect(plain.transport.traffic.links).toBe(0);
  });

  it('who never finishes the TLS handshake waits among the strangers, and not for ever', async () => {
    const b = await opened('b');
    const silent = connect(b.transport.port, '127.0.0.1').on('error', () => undefined);
    await expect.poll(() => silent.destroyed || silent.closed).toBe(true);
    expect(turnedAway(b)).toBeGreaterThan(0);
  });
});

describe('the three files', () => {
  it('are read, and one that cannot be is named', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tls-'));
    const paths = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem'), ca: join(folder, 'ca.pem') };
    const made = certify(club, 'a');
    writeFileSync(paths.cert, made.cert);
    writeFileSync(paths.key, made.key);
    expect(() => readPeerTls(paths)).toThrow(/TLS file ".*ca.pem" \(ca\) cannot be read/);
    writeFileSync(paths.ca, made.ca);
    expect(readPeerTls(paths)).toEqual(made);
    writeFileSync(paths.key, certify(club, 'b').key);
    expect(() => readPeerTls(paths)).toThrow(/cannot be used: .*mismatch/);
  });
});
