/**
 * What becomes of the rights that are left in own former slots.
 *
 * A1. They move to the present slot only when somebody else was asked what was seen of the former slot, has answered, and nobody knows more of it than
 *     this store does: an older copy of the store, put back or cloned, would spend them a second time.
 * A2. Every peer that is connected must have answered: a silent one may know more. Nobody reachable: undecided, asked again.
 * A3. A witness lets one present slot at a time claim a former one, so that of two copies that start at once one waits, and then sees what the other did.
 * A4. The shared database, when it answers, lets one present slot for ever take over a former one: a copy that sees nothing but the database freezes.
 *     A later life of the same store may: each makes its slot durable before it claims.
 * A5. Who is known to be behind stays frozen until a person recounts, across restarts.
 *
 * Limit: what nobody who answers ever saw before an old store was put back.
 */
import type { Clock } from '../../runtime/clock.js';
import type { Neighbour } from './neighbours.js';
import type { Slot } from './pn-counter.js';
import type { FormerSlot, Replica } from './replica.js';
import { rightsOf } from './rights-share.js';
import type { Sync } from './sync.js';
import { checkTestimony, KIND, MAX_ASKED, type Testimony } from './sync-wire.js';

const ASK_MS = 1_000;

/** The shared database, as one that has seen versions. Rejects while it cannot be asked. */
export interface Witness {
  /** The versions seen, of those of these slots that were. */
  seen(slots: readonly Slot[]): Promise<ReadonlyMap<Slot, number>>;
  /** Writes versions down. A lower one than is known changes nothing. */
  note(slots: readonly (readonly [slot: Slot, replica: string, version: number])[]): Promise<void>;
  /** Lets `as` take these slots over, but for those that another slot than one of `own` has taken over already. Tells which it may. */
  claim(
    slots: readonly (readonly [slot: Slot, replica: string, version: number])[],
    as: Slot,
    own: ReadonlySet<Slot>,
  ): Promise<ReadonlySet<Slot>>;
}

export interface AdoptionDeps {
  readonly replica: Replica;
  readonly sync: Sync;
  readonly clock: Clock;
  readonly report: (message: string, error?: unknown) => void;
  readonly witness: Witness | undefined;
}

const DATABASE = 'the shared database';

type Verdict = 'safe' | 'undecided' | { readonly frozen: string };

export class Adoption {
  readonly figures = { adopted: 0, frozen: 0 };
  /** Former slots that were found safe since the store was opened. */
  readonly safe = new Set<Slot>();
  private slot: Slot | undefined;

  constructor(private readonly deps: AdoptionDeps) {}

  /** Looks at every former slot that has rights left; true when some stay undecided. `over`: whoever asked has ended. */
  async look(over: () => boolean): Promise<boolean> {
    const { replica, sync } = this.deps;
    const { slot } = replica;
    if (slot !== this.slot) this.safe.clear();
    this.slot = slot;
    const left = this.withRights();
    const open = left.filter((former) => !this.safe.has(former.slot));
    const gone = (): boolean => over() || replica.slot !== slot || !sync.intake.open;
    for (let at = 0; at < open.length; at += MAX_ASKED) {
      await this.decide(open.slice(at, at + MAX_ASKED), gone);
      if (gone()) return true;
    }
    const ours = left.filter((former) => this.safe.has(former.slot));
    if (ours.length > 0 && (await replica.adopt(new Set(this.safe))) > 0n) {
      this.figures.adopted += ours.length;
      await sync.offer(ours.map((former) => former.slot));
    }
    return this.withRights().some((former) => !this.safe.has(former.slot));
  }

  /** Former slots, not in doubt, with rights to some product left. */
  private withRights(): FormerSlot[] {
    const { counters, products } = this.deps.replica;
    const former = this.deps.replica.former().filter(({ doubt }) => doubt === undefined);
    const slots = former.map(({ slot }) => slot);
    const holding = new Set<Slot>();
    for (const { produit, borne } of slots.length > 0 ? products.values() : [])
      if (borne) for (const [slot, amount] of rightsOf(counters.counter(produit), slots)) if (amount > 0n) holding.add(slot);
    return former.filter(({ slot }) => holding.has(slot));
  }

  private async decide(former: readonly FormerSlot[], gone: () => boolean): Promise<void> {
    const testimonies = await this.testimonies(former.map(({ slot }) => slot));
    if (gone()) return;
    const own = new Set(this.deps.replica.former().map(({ slot }) => slot));
    const safe: FormerSlot[] = [];
    for (const [at, one] of former.entries()) {
      const verdict = judge(one, at, testimonies, own);
      if (verdict === 'safe') safe.push(one);
      else if (verdict !== 'undecided') await this.freeze(one, verdict.frozen);
      if (gone()) return;
    }
    const claimed = testimonies.some(([who]) => who === DATABASE) ? await this.claim(safe, own, gone) : safe.map(({ slot }) => slot);
    if (gone() || claimed === undefined) return;
    for (const one of safe) {
      if (claimed.includes(one.slot)) this.safe.add(one.slot);
      else await this.freeze(one, `${DATABASE} says that another copy of this store has taken it over`);
      if (gone()) return;
    }
  }

  private async freeze({ slot }: FormerSlot, why: string): Promise<void> {
    this.figures.frozen++;
    this.deps.report(`The rights left in slot ${slot} stay frozen until a recount: ${why}`);
    await this.deps.replica.doubt(slot, why);
  }

  /** A4. Undefined: the database did not say; what it may have written for us meanwhile it says again when asked again. */
  private async claim(former: readonly FormerSlot[], own: ReadonlySet<Slot>, gone: () => boolean): Promise<readonly Slot[] | undefined> {
    const { replica, witness } = this.deps;
    if (witness === undefined || former.length === 0) return [];
    await replica.begin();
    if (gone()) return undefined;
    const rows = former.map(({ slot, version }) => [slot, replica.id, version] as const);
    const claimed = await this.inTime(witness.claim(rows, replica.slot, own).catch(() => undefined));
    return claimed === undefined ? undefined : [...claimed];
  }

  /** Of each connected peer and of the database; undefined: no answer. The database's silence is let pass, a peer's is not. */
  private async testimonies(slots: readonly Slot[]): Promise<readonly (readonly [who: string, said: Testimony | undefined])[]> {
    const { sync, witness } = this.deps;
    const peers = sync.neighbours.all.map(async (one) => [one.id, await this.ask(one, slots)] as const);
    const database = witness === undefined ? undefined : await this.inTime(this.seen(witness, slots));
    const said = await Promise.all(peers);
    return database === undefined ? said : [...said, [DATABASE, database]];
  }

  private async ask(one: Neighbour, slots: readonly Slot[]): Promise<Testimony | undefined> {
    const { sync, replica } = this.deps;
    let said: Testimony | undefined;
    const onPiece = (piece: unknown): unknown => (said = checkTestimony(piece, slots.length));
    try {
      await sync.neighbours.call(one, KIND.witness, { slots, as: replica.slot }, onPiece, ASK_MS);
      return said;
    } catch {
      return undefined;
    }
  }

  private async seen(witness: Witness, slots: readonly Slot[]): Promise<Testimony | undefined> {
    try {
      const seen = await witness.seen(slots);
      return { known: slots.map((slot) => seen.get(slot) ?? 0), newest: null };
    } catch {
      return undefined;
    }
  }

  private inTime<T>(answer: Promise<T>): Promise<T | undefined> {
    return new Promise((resolve) => {
      const cancel = this.deps.clock.after(ASK_MS, () => resolve(undefined));
      void answer.then((value) => {
        cancel();
        resolve(value);
      });
    });
  }
}

/** What the testimonies say of one former slot. `own`: every slot that this store knows as its own. */
function judge(
  { slot, version }: FormerSlot,
  at: number,
  testimonies: readonly (readonly [who: string, said: Testimony | undefined])[],
  own: ReadonlySet<Slot>,
): Verdict {
  let undecided = testimonies.length === 0;
  for (const [who, said] of testimonies) {
    const known = said?.known[at];
    const newest = said?.newest ?? null;
    if (typeof known === 'number' && known > version)
      return { frozen: `${who} has seen version ${known} of it, this store has ${version}` };
    // UUIDv7: greater means opened later.
    if (newest !== null && newest > slot && !own.has(newest)) return { frozen: `${who} knows a later slot of this instance, ${newest}` };
    if (typeof known !== 'number') undecided = true;
  }
  return undecided ? 'undecided' : 'safe';
}
