/** What one commit carries: operations decided one after another on staged state, and the work of replication. */
import type { Envelope } from '../../runtime/aggregate/outcome.js';
import type { Clock } from '../../runtime/clock.js';
import { newId } from '../../runtime/ids.js';
import type { Entries } from './counters.js';
import { decide, type Step } from './operations.js';
import type { Memory } from './replica-memory.js';
import type { Answered, Pending } from './replica-queue.js';
import type { Slot } from './pn-counter.js';
import { Staged } from './staged-counters.js';
import type { Batch, Movement, Product, SlotWrite } from './store.js';

/** Deltas, gifts, products: what is written between operations, in the same commits. */
export interface Work {
  /** Slots whose entries must be in memory first. */
  needs(memory: Memory): readonly Slot[];
  /** Adds itself to the group; false when it must wait for the next one. What it throws is its own failure, not the group's. */
  stage(group: Group): boolean;
  /** Its commit is durable and remembered. */
  done(): void;
  failed(error: unknown): void;
}

/** What the store knows of the operations of a group. */
export interface Recalled {
  /** By `demandeKey`. */
  readonly answered: ReadonlyMap<string, Movement>;
  /** By movement id. */
  readonly named: ReadonlyMap<string, Movement>;
}

/** What an answer rests on: an earlier commit, this one, or nothing written (a no, decided on what this commit would leave). */
export type Rests = 'earlier' | 'commit' | 'nothing';

export function demandeKey(scope: string, id: string): string {
  return `${scope}\0${id}`;
}

export class Group {
  readonly staged: Staged;
  readonly movements: Movement[] = [];
  readonly products = new Map<string, Product>();
  /** One per slot: what merging gives. */
  readonly merges = new Map<Slot, { readonly replica: string; readonly entries: Entries }>();
  readonly marks: SlotWrite[] = [];
  /** Answers that wait for the commit. */
  readonly answers: { readonly pending: Pending; readonly answer: Answered; readonly rests: Rests }[] = [];
  /** Operations that lack rights → how many. */
  readonly short = new Map<Pending, bigint>();
  private readonly made = new Map<string, Movement>();

  constructor(
    readonly memory: Memory,
    private readonly clock: Clock,
  ) {
    this.staged = new Staged(memory.counters, memory.replica, memory.slot);
  }

  get empty(): boolean {
    return (
      this.movements.length + this.products.size + this.merges.size + this.marks.length === 0 && this.staged.slots().next().done === true
    );
  }

  *slots(): IterableIterator<SlotWrite> {
    yield* this.staged.slots();
    yield* this.marks;
  }

  /** Decides one operation. `mayAsk`: whether others may still be asked for rights. */
  decide(pending: Pending, recalled: Recalled, mayAsk: boolean): void {
    const { envelope, operation } = pending;
    const key = demandeKey(envelope.scope, envelope.id);
    const twin = this.made.get(key);
    const earlier = twin ?? recalled.answered.get(key);
    if (earlier !== undefined) return this.replay(pending, earlier, twin === undefined ? 'earlier' : 'commit');
    const product = this.memory.products.get(operation.product);
    if (product === undefined) return this.answer(pending, { is: 'missing' });
    const target = operation.type === 'undo' ? this.own(recalled.named.get(operation.movement)) : undefined;
    const decided = decide(this.staged, product, operation, target, this.memory.formerSlots());
    if ('missing' in decided) {
      pending.refusal = decided.refusal;
      if (mayAsk) this.short.set(pending, decided.missing);
      else this.answer(pending, { is: 'refused', refusal: decided.refusal });
      return;
    }
    if ('refusal' in decided) return this.answer(pending, { is: 'refused', refusal: decided });
    const movement = this.write(envelope, product, decided);
    this.made.set(key, movement);
    this.answers.push({ pending, answer: told(movement, false), rests: 'commit' });
  }

  private write(envelope: Envelope, { produit: product, borne }: Product, { by, kind, undoes, adopts }: Step): Movement {
    for (const slot of adopts) this.adopt(product, slot);
    this.staged.change(product, by, borne);
    const movement: Movement = {
      id: `${newId(this.clock, 'mou')}_${this.memory.replica}`,
      scope: envelope.scope,
      operation: envelope.id,
      hash: envelope.hash,
      product,
      by,
      kind,
      value: this.staged.value(product),
      version: this.staged.version(),
      slot: this.memory.slot,
      at: envelope.instant,
      undoes,
      undoneBy: null,
    };
    this.movements.push(movement);
    if (undoes !== null) this.staged.undone.set(undoes, movement.id);
    return movement;
  }

  /** Moves what is left in a former slot to the present one. True when something was. */
  adopt(product: string, slot: Slot): boolean {
    const left = this.staged.rights(product, slot);
    if (left <= 0n) return false;
    this.staged.give(product, slot, this.memory.slot, left);
    return true;
  }

  batch(): Batch {
    const entries = [...this.staged.entries()];
    for (const { replica, entries: merged } of this.merges.values()) for (const entry of merged) entries.push({ ...entry, replica });
    const products = [...this.products.values()];
    return { entries, slots: [...this.slots()], movements: this.movements, undone: [...this.staged.undone], products };
  }

  private replay(pending: Pending, earlier: Movement, rests: Rests): void {
    const same = earlier.hash === pending.envelope.hash && earlier.product === pending.operation.product;
    if (!same) return this.answer(pending, { is: 'different' });
    this.answers.push({ pending, answer: told(earlier, true), rests });
  }

  private answer(pending: Pending, outcome: Answered['outcome']): void {
    const answer = { outcome, slot: this.memory.slot, version: this.staged.version() };
    this.answers.push({ pending, answer, rests: 'nothing' });
  }

  /** A copied store also holds movements of the instance that it was copied from: those are that one's to undo. */
  private own(movement: Movement | undefined): Movement | undefined {
    return movement !== undefined && instanceOf(movement.id) === this.memory.replica ? movement : undefined;
  }
}

/** The instance that a movement id names. */
export function instanceOf(movement: string): string {
  return movement.slice('mou_'.length + 26 + 1);
}

function told(movement: Movement, replayed: boolean): Answered {
  const answer = { valeur: `${movement.value}`, mouvementId: movement.id, instance: instanceOf(movement.id) };
  return { outcome: { is: 'done', answer, replayed }, slot: movement.slot, version: movement.version };
}
