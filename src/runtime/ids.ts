import type { Clock } from './clock.js';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * A new opaque id, `<prefix>_<26 characters>`: a UUIDv7 (RFC 9562) in Crockford's base 32, so that ids sort by birth
 * and neighbours in time are neighbours in an index.
 */
export function newId(clock: Clock, prefix: string): string {
  const bytes = uuidV7(clock);
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

/** A new UUIDv7 as text, for what other systems read too. */
export function newUuid(clock: Clock): string {
  const hex = Buffer.from(uuidV7(clock)).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** RFC 9562, section 5.7: 48 bits of milliseconds, then 74 of chance around the version and the variant. */
function uuidV7(clock: Clock): Uint8Array {
  const bytes = Uint8Array.from(clock.bytes(16));
  const view = new DataView(bytes.buffer);
  const now = clock.now();
  view.setUint16(0, Math.floor(now / 2 ** 32));
  view.setUint32(2, now % 2 ** 32);
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  return bytes;
}
