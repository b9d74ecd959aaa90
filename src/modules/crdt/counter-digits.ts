/**
 * Whole numbers that end by themselves: base 32, the last digit in other signs than those before it. No separator is needed,
 * and the signs stay as they are inside JSON.
 */
const BEFORE = '0123456789abcdefghijklmnopqrstuv';
const LAST = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ!#$%*+';
/** Below it a digit more still fits a double exactly. */
const SMALL = 2 ** 45;
const MOST = 10n ** 40n;

/** Sign → digit, 32 more when it is a last one; −1 for any other sign. */
const DIGITS = new Int8Array(128).fill(-1);
for (let digit = 0; digit < 32; digit += 1) {
  DIGITS[BEFORE.charCodeAt(digit)] = digit;
  DIGITS[LAST.charCodeAt(digit)] = 32 + digit;
}

/** RangeError below 0 and from 10^40 on. */
export function writeNumber(number: bigint): string {
  if (number < 0n || number >= MOST) throw new RangeError(`${number} does not fit into 40 digits`);
  let text = LAST[Number(number & 31n)]!;
  if (number >= SMALL) return (number >> 5n).toString(32) + text;
  for (let left = Math.floor(Number(number) / 32); left > 0; left = Math.floor(left / 32)) text = BEFORE[left % 32]! + text;
  return text;
}

/** Reads a text from left to right. Every `RangeError` says where. */
export class Reading {
  at = 0;

  constructor(private readonly text: string) {}

  get ended(): boolean {
    return this.at >= this.text.length;
  }

  /** True when this sign comes next, which is then behind. */
  skip(sign: string): boolean {
    const next = this.text[this.at] === sign;
    if (next) this.at += 1;
    return next;
  }

  number(): bigint {
    let number = 0;
    let large = 0n;
    for (;;) {
      const digit = DIGITS[this.text.charCodeAt(this.at)] ?? -1;
      if (digit < 0) throw new RangeError(`No digit at ${this.at}`);
      this.at += 1;
      const value = digit & 31;
      if (large === 0n && number < SMALL) number = number * 32 + value;
      else large = (large === 0n ? BigInt(number) : large) * 32n + BigInt(value);
      if (large >= MOST) throw new RangeError(`More than 40 digits at ${this.at}`);
      if (digit >= 32) return large === 0n ? BigInt(number) : large;
    }
  }

  /** The slug that follows `before`: how much of it is shared, then the rest. */
  slug(before: string): string {
    const shared = this.text.charCodeAt(this.at) - SHARED_NONE;
    if (!(shared >= 0 && shared <= MOST_SHARED && shared <= before.length)) throw new RangeError(`No shared length at ${this.at}`);
    const start = (this.at += 1);
    while (this.at < this.text.length && !isCapital(this.text.charCodeAt(this.at))) this.at += 1;
    return ownText(before.slice(0, shared) + this.text.slice(start, this.at));
  }
}

/** The same text in memory of its own: V8 keeps the whole of a text alive for a slice of it, and these are kept for long. */
export function ownText(slice: string): string {
  return ` ${slice}`.slice(1);
}

const SHARED_NONE = 65; // 'A'
const MOST_SHARED = 25; // 'Z'
const isCapital = (code: number): boolean => code >= SHARED_NONE && code <= SHARED_NONE + MOST_SHARED;

/** Front coding: a capital letter for how many characters it shares with the slug before it (25 at most), then the others. */
export function writeSlug(slug: string, before: string): string {
  let shared = 0;
  while (shared < MOST_SHARED && shared < before.length && slug[shared] === before[shared]) shared += 1;
  return String.fromCharCode(SHARED_NONE + shared) + slug.slice(shared);
}
