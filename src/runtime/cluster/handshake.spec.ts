import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../test/support/virtual-clock.js';
import { freshNonce, macOf, proves, readGreeting, readProof, type Transcript } from './handshake.js';
import { namesOf } from './peer-tls.js';

const clock = new VirtualClock();
const SECRET = 'a secret of sixteen';
const transcript = (): Transcript => ({
  client: { id: 'a', incarnation: 'a1', nonce: freshNonce(clock) },
  server: { id: 'b', incarnation: 'b1', nonce: freshNonce(clock) },
});

describe('the proof', () => {
  it('holds for its secret, role and transcript', () => {
    const seen = transcript();
    for (const role of ['client', 'server'] as const) expect(proves(SECRET, role, seen, macOf(SECRET, role, seen))).toBe(true);
  });

  it('does not hold under another secret', () => {
    const seen = transcript();
    expect(proves(SECRET, 'client', seen, macOf('another secret', 'client', seen))).toBe(false);
  });

  it('sent back to its author proves nothing', () => {
    const seen = transcript();
    expect(proves(SECRET, 'server', seen, macOf(SECRET, 'client', seen))).toBe(false);
  });

  it.each(['id', 'incarnation', 'nonce'] as const)('covers the %s of both', (field) => {
    const seen = transcript();
    const mac = macOf(SECRET, 'client', seen);
    for (const side of ['client', 'server'] as const) {
      const other = { ...seen, [side]: { ...seen[side], [field]: 'other' } };
      expect(proves(SECRET, 'client', other, mac)).toBe(false);
    }
  });

  it('cannot be moved between neighbouring words', () => {
    const seen = transcript();
    const moved = { ...seen, client: { ...seen.client, id: 'a","a', incarnation: '1' } };
    expect(macOf(SECRET, 'client', moved)).not.toBe(macOf(SECRET, 'client', seen));
  });

  it.each(['', 'short', 'x'.repeat(43), 'é'.repeat(43), 'x'.repeat(4000)])('%j is none, whatever its length', (mac) =>
    expect(proves(SECRET, 'client', transcript(), mac)).toBe(false),
  );
});

describe('what is said', () => {
  const hello = { step: 'hello', id: 'a', incarnation: 'a1', nonce: freshNonce(clock) };
  it('a hello is read, and nothing more of it', () => expect(readGreeting('hello', { ...hello, more: 1 })).toEqual(hello));

  it.each<[string, unknown]>([
    ['nothing', null],
    ['a text', 'hello'],
    ['another step', { ...hello, step: 'challenge' }],
    ['no id', { ...hello, id: '' }],
    ['a long id', { ...hello, id: 'x'.repeat(65) }],
    ['an id that is no text', { ...hello, id: ['a'] }],
    ['no incarnation', { ...hello, incarnation: undefined }],
    ['a short nonce', { ...hello, nonce: 'abc' }],
    ['a nonce that is no text', { ...hello, nonce: { length: 43 } }],
    ['a message', { pattern: 'echo', data: 1 }],
  ])('%s is no hello', (_, message) => expect(readGreeting('hello', message)).toBeUndefined());

  it('a proof has a step and a MAC', () => {
    const mac = macOf(SECRET, 'client', transcript());
    expect(readProof('proof', { step: 'proof', mac })).toBe(mac);
    expect(readProof('welcome', { step: 'proof', mac })).toBeUndefined();
    expect(readProof('proof', { step: 'proof', mac: [mac] })).toBeUndefined();
  });

  it('nonces are 32 fresh bytes', () => {
    const nonces = new Set(Array.from({ length: 1000 }, () => freshNonce(clock)));
    expect(nonces.size).toBe(1000);
    for (const nonce of nonces) expect(Buffer.from(nonce, 'base64url')).toHaveLength(32);
  });
});

describe('the names of a certificate', () => {
  it.each<[string | undefined, object, string[]]>([
    [undefined, { CN: 'monclub-3000' }, ['monclub-3000']],
    ['DNS:monclub-3000, IP Address:127.0.0.1, DNS:other', {}, ['monclub-3000', 'other']],
    ['URI:monclub-3000, email:monclub-3000', {}, []],
    ['DNS:"a, DNS:monclub-3000, b"', { CN: ['monclub-3000', 'x'] }, []],
    ['DNS:"a\\", DNS:monclub-3000", DNS:c', {}, ['c']],
    ['', {}, []],
  ])('%j and %j: %j', (subjectaltname, subject, names) => expect(namesOf({ subjectaltname, subject })).toEqual(names));
});
