/** Characters that JSON writes as they are, in one byte each. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;
/** A comma, and `null`, `false` or a whole number; any number. */
const SHORT = 18;
const NUMBER = 26;
/** Arrays and objects inside each other; what is deeper, and came from somebody else, must not end this process by its depth. */
const DEEPEST = 256;

/**
 * At most how many bytes of JSON a value takes; exact to a few bytes for plain text, and far cheaper than writing it.
 * `Infinity` for what is more than 256 deep.
 */
export function weight(value: unknown, depth = 0): number {
  if (typeof value === 'string') return 3 + (PLAIN.test(value) ? value.length : 6 * value.length);
  if (typeof value !== 'object' || value === null) return typeof value !== 'number' || Number.isSafeInteger(value) ? SHORT : NUMBER;
  if (depth > DEEPEST) return Infinity;
  let bytes = 3;
  if (Array.isArray(value)) for (const item of value) bytes += weight(item, depth + 1);
  else for (const [name, item] of Object.entries(value)) bytes += weight(name) + 1 + weight(item, depth + 1);
  return bytes;
}
