/**
 * Every schedule of a small model, breadth first: replicas raise, lower, give, hear one slot of another (one way, so that
 * every loss and every reordering is in it), start again, or start from an older image of their disk. The rules under test
 * are the functions that a replica runs, on what it runs them on: each step is staged over what is durable, then recorded.
 * Each mutant changes one rule and must sell what is not there.
 */
import { describe, expect, it } from 'vitest';
import { gifts } from '../../../test/support/counter-arbitraries.js';
import { type Bounded, give, lower, rights } from './bounded-counter.js';
import { PnCounter, type Slot, type Tally } from './pn-counter.js';
import { StagedCounter } from './staged-counters.js';

interface Rules {
  readonly give: typeof give;
  readonly lower: typeof lower;
  readonly hear: (counter: Bounded, slot: Slot, tally: Tally) => void;
  /** A replica whose disk was put back goes on with the slot that it finds there. */
  readonly goesOn: boolean;
  /** It gives itself what its former slot has left there, though others may know better. */
  readonly trustsImage: boolean;
}

interface Site {
  readonly slot: Slot;
  readonly counter: PnCounter;
  readonly image: { readonly slot: Slot; readonly counter: PnCounter } | undefined;
}

interface World {
  readonly sites: readonly Site[];
  /** What is really there: initial + raised − lowered, known to nobody. */
  readonly stock: number;
  readonly budget: { readonly raises: number; readonly starts: number; readonly images: number; readonly gifts: number };
}

type Step = readonly [name: string, world: World];

const real: Rules = { give, lower, hear: (counter, slot, tally) => void counter.set(slot, tally), goesOn: false, trustsImage: false };

function start(replicas: number, stock: number, budget: World['budget']): World {
  const sites = Array.from({ length: replicas }, (_, at): Site => ({ slot: `${'ABC'[at]}1`, counter: new PnCounter(), image: undefined }));
  sites[0]!.counter.add('A1', BigInt(stock));
  return { sites, stock, budget };
}

/** The world after one site did something; undefined when it could not. */
function after(
  world: World,
  at: number,
  act: (counter: Bounded) => boolean,
  change: Partial<World> = {},
  place: Partial<Site> = {},
): World | undefined {
  const site = { ...world.sites[at]!, ...place };
  const counter = committed(site.counter, act);
  return counter && { ...world, ...change, sites: world.sites.with(at, { ...site, counter }) };
}

/** As a replica does it: staged over what is durable, then each tally that changed merged in. */
function committed(before: PnCounter, act: (counter: Bounded) => boolean): PnCounter | undefined {
  const staged = new StagedCounter({ counter: () => before, tallyOf: (_, slot) => before.tally(slot), value: () => before.value }, 'tote');
  if (!act(staged)) return undefined;
  const counter = new PnCounter();
  for (const [slot, tally] of before.entries()) counter.set(slot, tally);
  for (const [slot, tally] of staged.drafts) counter.set(slot, tally);
  return counter;
}

function* steps(world: World, rules: Rules): Generator<Step> {
  for (const [at, { slot, counter }] of world.sites.entries()) {
    for (const [name, next] of [...own(world, at, rules), ...starts(world, at, rules)]) if (next !== undefined) yield [name, next];
    for (const [to, other] of world.sites.entries()) {
      const gift = tryGift(() => given(world, at, other.slot, rules));
      if (gift !== undefined) yield [`${slot} gives to ${other.slot}`, gift];
      if (to === at) continue;
      for (const [of, tally] of counter.entries()) {
        if (other.counter.tally(of) === tally) continue; // it has heard this very tally
        yield [`${other.slot} hears ${of} from ${slot}`, after(world, to, (heard) => (rules.hear(heard, of, tally), true))!];
      }
    }
  }
}

function given(world: World, at: number, to: Slot, rules: Rules): World | undefined {
  const { budget, sites } = world;
  if (budget.gifts === 0) return undefined;
  const change = { budget: { ...budget, gifts: budget.gifts - 1 } };
  return after(world, at, (counter) => rules.give(counter, sites[at]!.slot, to, 1n), change);
}

function* own(world: World, at: number, rules: Rules): Generator<readonly [string, World | undefined]> {
  const { slot } = world.sites[at]!;
  const { stock, budget } = world;
  if (budget.raises > 0) {
    const change = { stock: stock + 1, budget: { ...budget, raises: budget.raises - 1 } };
    yield [`${slot} raises`, after(world, at, (counter) => (counter.add(slot, 1n), true), change)];
  }
  yield [`${slot} lowers`, after(world, at, (counter) => rules.lower(counter, slot, 1n), { stock: stock - 1 })];
}

function* starts(world: World, at: number, rules: Rules): Generator<readonly [string, World | undefined]> {
  const { slot, counter, image } = world.sites[at]!;
  const { budget } = world;
  if (image === undefined && budget.images > 0) {
    const change = { budget: { ...budget, images: budget.images - 1 } };
    yield [`${slot} is backed up`, after(world, at, () => true, change, { image: { slot, counter } })];
  }
  if (budget.starts === 0) return;
  const fresh = `${slot[0]}${9 - budget.starts}`;
  const change = { budget: { ...budget, starts: budget.starts - 1 } };
  yield [`${slot} starts again`, after(world, at, (own) => (adopt(own, slot, fresh, rules), true), change, { slot: fresh })];
  if (image === undefined) return;
  const goesOn = (own: Bounded): boolean => {
    if (!rules.goesOn && rules.trustsImage) adopt(own, image.slot, fresh, rules);
    return true;
  };
  const place = { slot: rules.goesOn ? image.slot : fresh, counter: image.counter };
  yield [`${slot} starts from the image`, after(world, at, goesOn, change, place)];
}

/** What the former slot has left goes to the new one. */
function adopt(counter: Bounded, former: Slot, fresh: Slot, rules: Rules): void {
  const left = rights(counter, former);
  if (left > 0n) rules.give(counter, former, fresh, left);
}

/** Giving to oneself is an error, not a step. */
function tryGift(gift: () => World | undefined): World | undefined {
  try {
    return gift();
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError);
    return undefined;
  }
}

/** A step copies the one counter that it changes: the others keep their text. */
const texts = new WeakMap<PnCounter, string>();

function textOf(counter: PnCounter): string {
  const kept = texts.get(counter);
  if (kept !== undefined) return kept;
  const rows = [...counter.entries()].map(([slot, { plus, minus, given }]) => `${slot}${plus}-${minus}${gifts({ given }).join(';')}`);
  const text = rows.toSorted().join(' ');
  texts.set(counter, text);
  return text;
}

function key({ sites, stock, budget }: World): string {
  let text = `${stock} ${Object.values(budget).join(' ')}`;
  for (const { slot, counter, image } of sites) {
    text += `\n${slot} ${textOf(counter)}${image === undefined ? '' : ` < ${image.slot} ${textOf(image.counter)}`}`;
  }
  return text;
}

interface Verdict {
  readonly worlds: number;
  /** The shortest way below zero; undefined when there is none within the depth. */
  readonly trace: readonly string[] | undefined;
}

function search(first: World, rules: Rules, depth: number): Verdict {
  const from = new Map<string, readonly [before: string | undefined, name: string]>([[key(first), [undefined, 'start']]]);
  let edge: readonly World[] = [first];
  for (let deep = 0; deep < depth && edge.length > 0; deep += 1) {
    const next: World[] = [];
    for (const world of edge) {
      const here = key(world);
      for (const [name, reached] of steps(world, rules)) {
        const there = key(reached);
        if (from.has(there)) continue;
        from.set(there, [here, name]);
        if (reached.stock < 0) return { worlds: from.size, trace: way(from, there) };
        next.push(reached);
      }
    }
    edge = next;
  }
  return { worlds: from.size, trace: undefined };
}

function way(from: ReadonlyMap<string, readonly [before: string | undefined, name: string]>, end: string): string[] {
  const names: string[] = [];
  for (let at: string | undefined = end; at !== undefined; at = from.get(at)![0]) names.unshift(from.get(at)![1]);
  return names;
}

const small = start(2, 2, { raises: 0, starts: 1, images: 1, gifts: 3 });
const two = start(2, 2, { raises: 1, starts: 2, images: 1, gifts: 9 });
const three = start(3, 2, { raises: 0, starts: 1, images: 1, gifts: 9 });

describe('in every schedule, what is sold was there', () => {
  it.each([
    ['two replicas, two units, three gifts, one new start, to the very end', small, Infinity],
    ['two replicas, two units and one more, two new starts, six steps', two, 6],
    ['three replicas, two units, one new start, six steps', three, 6],
  ])('%s', (_, world, depth) => {
    const { trace, worlds } = search(world, real, depth);
    expect(trace).toBeUndefined();

    expect(worlds).toBeGreaterThan(10_000);
  });

  const blindRights = (counter: Bounded, slot: Slot, seen: (to: Slot) => boolean): bigint => {
    const { given } = counter.tally(slot);
    return [...given].reduce((sum, [to, amount]) => (seen(to) ? sum : sum + amount), rights(counter, slot));
  };
  const lowersWithin =
    (mine: (counter: Bounded, slot: Slot) => bigint): typeof lower =>
    (counter, slot, by) => {
      if (mine(counter, slot) < by) return false;
      counter.add(slot, -by);
      return true;
    };
  const givesToItself: typeof give = (counter, from, to, amount) => {
    if (from !== to) return give(counter, from, to, amount);
    if (rights(counter, from) < amount) return false;
    const { plus, minus, given } = counter.tally(from);
    return counter.set(from, { plus, minus, given: new Map(given).set(to, (given.get(to) ?? 0n) + amount) });
  };

  it.each<[string, Partial<Rules>]>([
    [
      'merges by sum',
      {
        hear: (counter, slot, { plus, minus, given }) => {
          const before = counter.tally(slot);
          counter.set(slot, { plus: before.plus + plus, minus: before.minus + minus, given });
        },
      },
    ],
    ['does not count the gifts that it made', { lower: lowersWithin((counter, slot) => blindRights(counter, slot, () => false)) }],
    [
      'counts a gift to itself as a gain',
      { give: givesToItself, lower: lowersWithin((counter, slot) => blindRights(counter, slot, (to) => to !== slot)) },
    ],
    ['lowers on the value that it knows instead of its rights', { lower: lowersWithin((counter) => (counter as StagedCounter).value) }],
    ['goes on with the slot of an image that was put back', { goesOn: true }],
    ['moves the rights of an image that was put back', { trustsImage: true }],
    ['gives rights that it does not have', { give: (counter, from, to, amount) => from !== to && gift(counter, from, to, amount) }],
  ])('the search sees a replica that %s', (_, change) => {
    const { trace } = search(two, { ...real, ...change }, 8);
    expect(trace).toBeDefined();
  });
});

function gift(counter: Bounded, from: Slot, to: Slot, amount: bigint): boolean {
  const { plus, minus, given } = counter.tally(from);
  return counter.set(from, { plus, minus, given: new Map(given).set(to, (given.get(to) ?? 0n) + amount) });
}
