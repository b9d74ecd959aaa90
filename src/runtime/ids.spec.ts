import { expect, it } from 'vitest';
import { VirtualClock } from '../../test/support/virtual-clock.js';
import { newId } from './ids.js';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** The 16 bytes that an id stands for. */
function bytesOf(id: string): number[] {
  const value = Array.from(id.slice(4)).reduce((sum, letter) => sum * 32n + BigInt(ALPHABET.indexOf(letter)), 0n);
  return Array.from({ length: 16 }, (_, i) => Number((value >> BigInt(8 * (15 - i))) & 255n));
}

it('an id is a UUIDv7 (RFC 9562) in base 32: its birth in milliseconds, version 7, the variant, and chance', () => {
  const clock = new VirtualClock();
  const bytes = bytesOf(newId(clock, 'sea'));
  expect(bytes.slice(0, 6).reduce((sum, byte) => sum * 256 + byte, 0)).toBe(clock.now());
  expect([bytes[6]! >> 4, bytes[8]! >> 6]).toEqual([7, 2]);
});

it('ids sort by birth, have one length, and do not meet', () => {
  const clock = new VirtualClock();
  const ids = Array.from({ length: 1000 }, () => (clock.advance(1), newId(clock, 'mem')));
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(ids.map((id) => id.length))).toEqual(new Set([30]));
  expect(new Set(Array.from({ length: 1000 }, () => newId(clock, 'mem'))).size).toBe(1000);
});
