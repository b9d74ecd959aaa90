/** Big deltas travel in parts. They count when all have come: cutting and gathering, pure. */
import type { Delta, Entry, Limits } from './counter-words.js';
import type { Slot, Tally } from './pn-counter.js';

export const LIMITS: Limits = { entries: 2_000, text: 256 * 1024 };
/** Slots of which parts are kept aside at once; the one begun longest ago gives way and is asked for again. */
const GATHERING = 64;

/**
 * What a slot did after `from`, in parts within the limits (one entry alone may pass the text limit), in order.
 * `version` is what the holder knows of the slot, `held` every entry that it has of it: those unchanged since `from` stay out.
 */
export function cut(
  { slot, replica, version }: { slot: Slot; replica: string; version: number },
  from: number,
  held: Iterable<Pick<Entry, 'product' | 'tally' | 'changed'>>,
  limits: Limits = LIMITS,
): Delta[] {
  if (version <= from) return [];
  const news = [...held].filter(({ changed }) => changed > from);
  news.sort((a, b) => (a.product < b.product ? -1 : 1));
  const parts: (readonly [string, Tally])[][] = [[]];
  let text = 0;
  for (const { product, tally } of news) {
    const length = weight(product, tally);
    const part = parts.at(-1)!;
    const full = part.length >= limits.entries || (part.length > 0 && text + length > limits.text);
    if (full) parts.push([[product, tally]]);
    else part.push([product, tally]);
    text = full ? length : text + length;
  }
  return parts.map((entries, at) => {
    const last = at === parts.length - 1;
    return { slot, replica, from, to: version, last, ...(at > 0 && { after: parts[at - 1]!.at(-1)![0] }), entries };
  });
}

/** No less than the text of an entry takes: see counter-text.ts. */
function weight(product: string, { plus, minus, given }: Tally): number {
  let sum = product.length + 4 + digits(plus) + digits(minus);
  for (const amount of given.values()) sum += 48 + digits(amount);
  return sum;
}

const digits = (number: bigint): number => (number < 1_000_000n ? 4 : number.toString(32).length);

/** The parts of one delta so far: everything up to the product `upto` (from the first on) has come. */
interface Gathered {
  readonly from: number;
  readonly to: number;
  upto: string;
  readonly parts: Delta['entries'][];
}

/**
 * Parts kept aside until the last. They come from anybody who knows the slot up to the same version, in any order, more
 * than once: at one version a slot's tallies are the same everywhere, so parts of two holders complete each other.
 * What is kept aside counts nowhere and is not durable: when it is lost, the sender is asked again.
 */
export class Gathering {
  private readonly begun = new Map<Slot, Gathered>();

  /** The whole delta when this part completes it; undefined while something is missing. The same part again changes nothing. */
  take(part: Delta): Delta | undefined {
    const { after, last, entries } = part;
    if (after === undefined && last) return part;
    const so = this.of(part);
    if (so === undefined || (after !== undefined && after > so.upto)) return undefined;
    const { upto } = so;
    const news = after === upto ? entries : entries.filter(([product]) => product > upto);
    if (last) {
      const { after: _, ...whole } = part;
      return { ...whole, entries: ([] as Delta['entries'][number][]).concat(...so.parts, news) };
    }
    so.parts.push(news);
    so.upto = news.at(-1)?.[0] ?? upto;
    return undefined;
  }

  /** Nothing up to this version is gathered any longer. */
  forget(slot: Slot, version: number): void {
    if ((this.begun.get(slot)?.to ?? Infinity) <= version) this.begun.delete(slot);
  }

  private of({ slot, from, to, after }: Delta): Gathered | undefined {
    const so = this.begun.get(slot);
    if (so?.from === from && so.to === to) return so;
    if (after !== undefined) return undefined;
    const fresh: Gathered = { from, to, upto: '', parts: [] };
    this.begun.delete(slot);
    this.begun.set(slot, fresh);
    if (this.begun.size > GATHERING) this.begun.delete(this.begun.keys().next().value!);
    return fresh;
  }
}
