import { createHash } from 'node:crypto';
import { fingerprintText } from './counter-text.js';
import type { Counters } from './counters.js';

const last = new WeakMap<Counters, { readonly at: string; readonly text: string }>();

/** SHA-256 of all that is known, as 64 hexadecimal digits: two instances that show the same know the same. Costs one pass over every slot, once per change. */
export function fingerprint(counters: Counters): string {
  const at = counters.buckets().join();
  let known = last.get(counters);
  if (known?.at !== at) last.set(counters, (known = { at, text: hashed(fingerprintText(counters)) }));
  return known.text;
}

/** SHA-256 of lines, as 64 hexadecimal digits. */
export function hashed(lines: Iterable<string>): string {
  const hash = createHash('sha256');
  for (const line of lines) hash.update(line).update('\n');
  return hash.digest('hex');
}
