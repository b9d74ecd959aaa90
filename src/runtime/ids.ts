import { v7 } from 'uuid';
import type { Clock } from './clock.js';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * A new opaque id, `<prefix>_<26 characters>`: a UUIDv7 (RFC 9562) in Crockford's base 32, so that ids sort by birth
 * and neighbours in time are neighbours in an index.
 */
export function newId(clock: Clock, prefix: string): string {
  const bytes = v7({ msecs: clock.now(), random: clock.bytes(16) }, new Uint8Array(16));
  let text = '';
  let carry = 0;
  let bits = 2; // 128 bits in 26 × 5 = 130: two leading zeros
  for (const byte of bytes) {
    carry = (carry << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(carry >> bits) & 31];
    }
    carry &= (1 << bits) - 1;
  }
  return `${prefix}_${text}`;
}
