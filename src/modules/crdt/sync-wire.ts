/**
 * What instances say to each other about counters, and the checks that it meets on arrival: what is not exactly this is refused whole. Pure.
 * Amounts travel as decimal text, deltas as `writeDelta` writes them, and nothing is unbounded.
 */
import { readDelta } from './counter-text.js';
import type { Delta } from './counters.js';
import type { Slot } from './pn-counter.js';

export const KIND = {
  /** Call: a part of the sender's present slot. Answer: the version of it that is then held durably. */
  delta: 'counters.delta',
  /** Tell: what the sender knows, as a digest. */
  digest: 'counters.digest',
  /** Call: buckets. Answer: their slots and versions. */
  versions: 'counters.versions',
  /** Call: a slot and a version of it. Answer: what it did since. */
  read: 'counters.read',
  /** Call: slots. Answer: the versions of them that are held durably. */
  holds: 'counters.holds',
  products: 'counters.products',
  rights: 'counters.rights',
  /** Call: own former slots. Answer: what is known of them. */
  witness: 'counters.witness',
  undo: 'counters.undo',
  fingerprint: 'counters.fingerprint',
  values: 'counters.values',
} as const;

/** Bounds of one message. Raising them lets one message hold the event loop for longer. */
export const MAX_ROWS = 1_000;
export const MAX_ASKED = 256;
export const MAX_PRODUCTS = 500;
/** Characters of one delta: 256 KiB and whatever one entry alone may be over it. */
const MAX_DELTA_TEXT = 512 * 1024;
const BUCKETS = 64;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const REPLICA = /^[A-Za-z0-9._-]{1,63}$/;
const SLUG = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const DIGEST = /^[0-9a-z]{1,32}$/;
const AMOUNT = /^(?:0|[1-9]\d{0,39})$/;
const SIGNED = /^(?:0|-?[1-9]\d{0,40})$/;

/** What a replica knows, short: 64 texts over its slots and versions, one over the names of its products. */
export interface Digest {
  readonly buckets: readonly string[];
  readonly products: string;
  /** Its present slot. */
  readonly slot: Slot;
}

/** What is known of one slot. */
export type Row = readonly [slot: Slot, replica: string, version: number];

/** `needed` of `wanted` are waited for by somebody; the rest is for later, and leaves the giver its fair share. */
export interface RightsQuestion {
  readonly product: string;
  /** Who is to have the rights: the asker's present slot. */
  readonly to: Slot;
  readonly wanted: bigint;
  readonly needed: bigint;
  /** The giver's slot as the asker knows it: the answer begins there. */
  readonly held: readonly [slot: Slot, version: number] | null;
}

export interface WitnessQuestion {
  readonly slots: readonly Slot[];
  /** The present slot of the one who asks: to whom the rights would go. */
  readonly as: Slot;
}

/** Per slot asked for: the version known of it (0: none), or that another has claimed it. */
export interface Testimony {
  readonly known: readonly (number | 'claimed')[];
  /** The newest other slot of the asker's INSTANCE_ID that is known here. */
  readonly newest: Slot | null;
}

export function checkDelta(data: unknown): Delta {
  return readDelta(text(data, MAX_DELTA_TEXT));
}

export function checkDigest(data: unknown): Digest {
  const { buckets, products, slot } = record(data);
  const texts = list(buckets, BUCKETS, (bucket) => like(bucket, DIGEST));
  if (texts.length !== BUCKETS) throw new TypeError('no digest');
  return { buckets: texts, products: like(products, DIGEST), slot: like(slot, UUID) };
}

/** Which buckets: each once, in order. */
export function checkBuckets(data: unknown): readonly number[] {
  const buckets = list(data, BUCKETS, natural);
  if (buckets.some((bucket, at) => bucket >= BUCKETS || bucket <= (buckets[at - 1] ?? -1))) throw new TypeError('no buckets');
  return buckets;
}

export function checkRows(data: unknown): readonly Row[] {
  return list(data, MAX_ROWS, (row): Row => {
    const [slot, replica, version] = tuple(row, 3);
    return [like(slot, UUID), like(replica, REPLICA), natural(version)];
  });
}

export function checkRead(data: unknown): readonly [slot: Slot, from: number] {
  const [slot, from] = tuple(data, 2);
  return [like(slot, UUID), natural(from)];
}

export function checkSlots(data: unknown): readonly Slot[] {
  return list(data, MAX_ASKED, (slot) => like(slot, UUID));
}

export function checkVersions(data: unknown, asked: number): readonly number[] {
  const versions = list(data, MAX_ASKED, natural);
  if (versions.length !== asked) throw new TypeError('other slots than those asked for');
  return versions;
}

export function checkRights(data: unknown): RightsQuestion {
  const { product, to, wanted, needed, held } = record(data);
  const question = { product: slug(product), to: like(to, UUID), wanted: amount(wanted), needed: amount(needed) };
  if (question.wanted === 0n || question.needed > question.wanted) throw new TypeError('no question for rights');
  return { ...question, held: held === null ? null : checkRead(held) };
}

export function checkWitness(data: unknown): WitnessQuestion {
  const { slots, as } = record(data);
  return { slots: checkSlots(slots), as: like(as, UUID) };
}

export function checkTestimony(data: unknown, asked: number): Testimony {
  const { known, newest } = record(data);
  const answers = list(known, MAX_ASKED, (one) => (one === 'claimed' ? one : natural(one)));
  if (answers.length !== asked) throw new TypeError('no testimony');
  return { known: answers, newest: newest === null ? null : like(newest, UUID) };
}

export function checkSlugs(data: unknown): readonly string[] {
  return list(data, MAX_PRODUCTS, slug);
}

/** Values by the place of the product in the question. */
export function checkValues(data: unknown, asked: number): readonly bigint[] {
  const values = list(data, MAX_PRODUCTS, (value) => BigInt(like(value, SIGNED)));
  if (values.length !== asked) throw new TypeError('other products than those asked for');
  return values;
}

export function checkNothing(data: unknown): undefined {
  if (data !== null && data !== undefined) throw new TypeError('more than was to be said');
}

/** A fingerprint of everything that is known, and the digest by which the difference is found. */
export function checkFingerprint(data: unknown): { readonly empreinte: string; readonly buckets: readonly string[] } {
  const { empreinte, buckets } = record(data);
  const texts = list(buckets, BUCKETS, (bucket) => like(bucket, DIGEST));
  if (texts.length !== BUCKETS) throw new TypeError('no fingerprint');
  return { empreinte: like(empreinte, /^[0-9a-f]{64}$/), buckets: texts };
}

export function record(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError('no object');
  return value as Readonly<Record<string, unknown>>;
}

export function list<T>(value: unknown, most: number, each: (item: unknown) => T): readonly T[] {
  if (!Array.isArray(value) || value.length > most) throw new TypeError('no list, or too long a one');
  return value.map(each);
}

export function text(value: unknown, most: number): string {
  if (typeof value !== 'string' || value.length > most) throw new TypeError('no text, or too long a one');
  return value;
}

export function like(value: unknown, pattern: RegExp): string {
  if (typeof value !== 'string' || !pattern.test(value)) throw new TypeError('another text was to be there');
  return value;
}

export function natural(value: unknown): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw new TypeError('no natural number');
  return value as number;
}

export function slug(value: unknown): string {
  return like(text(value, 60), SLUG);
}

function amount(value: unknown): bigint {
  return BigInt(like(value, AMOUNT));
}

function tuple(value: unknown, length: number): readonly unknown[] {
  if (!Array.isArray(value) || value.length !== length) throw new TypeError('not so many');
  return value;
}
