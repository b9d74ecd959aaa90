import type { Clock } from '../../runtime/clock.js';

/** Ids drawn at once: asking the system for chance costs more than everything else in an id. */
const IDS = 256;
const BYTES = 16;

/** `clock`, whose bytes are drawn for many ids at a time. */
export function pooled(clock: Clock): Clock {
  let pool = new Uint8Array(0);
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    after: (delayMs, run) => clock.after(delayMs, run),
    soon: (run) => clock.soon(run),
    chance: () => clock.chance(),
    bytes(length) {
      if (length > BYTES) return clock.bytes(length);
      if (pool.length < length) pool = Uint8Array.from(clock.bytes(BYTES * IDS));
      const drawn = pool.subarray(0, length);
      pool = pool.subarray(length);
      return drawn;
    },
  };
}
