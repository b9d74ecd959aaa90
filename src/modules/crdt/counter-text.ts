/**
 * A delta as text, small and canonical: equal deltas have equal texts, and what reads as a delta is its text. Nine fields
 * between spaces: format, slot, replica, from and to (base 36), `.` or `+` (the last part or not), the product before this
 * part or `-`, the products (front-coded), the amounts; and a tenth, the slots that were given rights, when there are any.
 * An amount is plus, then `-` minus unless it is 0, then `>` how many gifts, each as place in the tenth field and amount.
 */
import { ownText, Reading, writeNumber, writeSlug } from './counter-digits.js';
import { LIMITS } from './counter-parts.js';
import type { Delta } from './counter-words.js';
import type { Counters } from './counters.js';
import { NO_GIFTS, type Slot, type Tally } from './pn-counter.js';

const FORMAT = '1';
/** Characters; four times what a part is cut to, because one entry alone may pass that. */
const LONGEST = LIMITS.text * 4;
const SLUG = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const SLUG_LENGTH = 60;
const SLOT = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const REPLICA = /^[A-Za-z0-9._-]{1,63}$/;

/** RangeError when it is no delta that a replica may send: see `check`. */
export function writeDelta(delta: Delta): string {
  check(delta);
  const { slot, replica, from, to, last, after, entries } = delta;
  const receivers = receiversOf(delta);
  const places = new Map(receivers.map((receiver, place) => [receiver, BigInt(place)]));
  let products = '';
  let amounts = '';
  let before = after ?? '';
  for (const [product, tally] of entries) {
    products += writeSlug(product, before);
    amounts += writeTally(tally, places);
    before = product;
  }
  const head = [FORMAT, slot, replica, from.toString(36), to.toString(36), last ? '.' : '+', after ?? '-'];
  const text = [...head, products, amounts, ...(receivers.length > 0 ? [receivers.join('')] : [])].join(' ');
  if (text.length > LONGEST) throw new RangeError(`A delta of ${text.length} characters is too long`);
  return text;
}

function writeTally({ plus, minus, given }: Tally, places: ReadonlyMap<Slot, bigint>): string {
  const amounts = writeNumber(plus) + (minus > 0n ? `-${writeNumber(minus)}` : '');
  if (given.size === 0) return amounts;
  const gifts = [...given].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `${amounts}>${writeNumber(BigInt(gifts.length))}${gifts.map(([to, n]) => writeNumber(places.get(to)!) + writeNumber(n)).join('')}`;
}

function receiversOf({ entries }: Delta): Slot[] {
  const all = new Set<Slot>();
  for (const [, { given }] of entries) for (const to of given.keys()) all.add(to);
  return [...all].toSorted();
}

/** RangeError on anything that `writeDelta` cannot have written: the delta that it returns has this very text. */
export function readDelta(text: string): Delta {
  if (text.length > LONGEST) throw new RangeError(`A delta of ${text.length} characters is too long`);
  const fields = text.split(' ');
  const [, slot = '', replica = '', from = '', to = '', last = '', after = '', products = '', amounts = '', receivers = ''] = fields;
  const delta: Delta = {
    slot: ownText(slot),
    replica: ownText(replica),
    from: Number.parseInt(from, 36),
    to: Number.parseInt(to, 36),
    last: last === '.',
    ...(after !== '-' && { after }),
    entries: readEntries(products, after === '-' ? '' : after, amounts, receivers),
  };
  if (writeDelta(delta) !== text) throw new RangeError('This is not how a delta is written');
  return delta;
}

function readEntries(products: string, after: string, amounts: string, receivers: string): [string, Tally][] {
  const names = new Reading(products);
  const numbers = new Reading(amounts);
  const entries: [string, Tally][] = [];
  for (let before = after; !names.ended;) {
    if (entries.length >= LIMITS.entries) throw new RangeError(`More than ${LIMITS.entries} entries`);
    before = names.slug(before);
    entries.push([before, readTally(numbers, receivers)]);
  }
  return entries;
}

const UUID_LENGTH = 36;

function readTally(numbers: Reading, receivers: string): Tally {
  const plus = numbers.number();
  const minus = numbers.skip('-') ? numbers.number() : 0n;
  if (!numbers.skip('>')) return { plus, minus, given: NO_GIFTS };
  const count = numbers.number();
  const given = new Map<Slot, bigint>();
  for (let gift = 0n; gift < count; gift += 1n) {
    const place = Number(numbers.number()) * UUID_LENGTH;
    given.set(ownText(receivers.slice(place, place + UUID_LENGTH)), numbers.number());
  }
  return { plus, minus, given };
}

/** What every delta keeps to: names and numbers within their bounds, products in order, nothing empty, no gift to oneself. */
function check({ slot, replica, from, to, last, after, entries }: Delta): void {
  expect(SLOT.test(slot) && REPLICA.test(replica), 'slot and replica');
  expect(Number.isSafeInteger(from) && Number.isSafeInteger(to) && 0 <= from && from < to, 'versions');
  expect(entries.length <= LIMITS.entries && (last || entries.length > 0), 'the number of entries');
  expect(after === undefined || isSlug(after), 'the product before');
  let before = after ?? '';
  for (const [product, { plus, minus, given }] of entries) {
    expect(before < product && isSlug(product), 'products and their order');
    expect(plus > 0n || minus > 0n || given.size > 0, 'an entry that says something');
    for (const [receiver, amount] of given) expect(SLOT.test(receiver) && receiver !== slot && amount > 0n, 'gifts');
    before = product;
  }
}

function isSlug(text: string): boolean {
  return text.length <= SLUG_LENGTH && SLUG.test(text);
}

function expect(holds: boolean, what: string): void {
  if (!holds) throw new RangeError(`Not a delta: ${what}`);
}

/** What two replicas that know the same share: every slot's version, every product's value. */
export function* fingerprintText(counters: Counters): Iterable<string> {
  const slots = [...counters.vector].filter(([, { version }]) => version > 0);
  yield* slots.map(([slot, { version }]) => `${slot}:${version}`).toSorted();
  for (const product of [...counters.products()].toSorted()) {
    const value = counters.value(product);
    // A product that was counted up and down again may never have been heard of elsewhere.
    if (value !== 0n) yield `${product}=${value}`;
  }
}
