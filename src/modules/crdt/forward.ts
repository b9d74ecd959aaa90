/** A movement is undone at the instance that its id names, and nowhere else: there its undoing is known. */
import type { Envelope, Outcome } from '../../runtime/aggregate/outcome.js';
import { checkPiece } from '../../runtime/cluster/demande-frames.js';
import { CallFailed } from '../../runtime/cluster/transport-port.js';
import type { Clock } from '../../runtime/clock.js';
import type { Neighbour } from './neighbours.js';
import { instanceOf, type CounterAnswer, type Replica } from './replica.js';
import type { Sync } from './sync.js';
import { KIND, list, natural, record, slug, text } from './sync-wire.js';

/** How much sooner than the caller's deadline the other instance must have answered: the way back. */
const WIRE_MS = 150;
const LONGEST_MS = 5_000;
/** Movements of one peer that are undone here at once. */
const AT_ONCE = 256;
const MAX_TEXT = 300;

export interface ForwardDeps {
  readonly replica: Replica;
  readonly sync: Sync;
  readonly clock: Clock;
}

interface Undo {
  readonly envelope: Omit<Envelope, 'deadline'>;
  readonly budgetMs: number;
  readonly product: string;
  readonly movement: string;
}

const NOT_EXECUTED: Outcome<CounterAnswer> = { is: 'unavailable', effect: 'not_executed', retryAfterMs: 1000 };
const UNKNOWN: Outcome<CounterAnswer> = { is: 'unavailable', effect: 'unknown', retryAfterMs: 1000 };

export class Forward {
  readonly figures = { forwarded: 0, received: 0 };

  constructor(private readonly deps: ForwardDeps) {
    const { replica, sync, clock } = deps;
    const answer = async ({ envelope, budgetMs, product, movement }: Undo, piece: (piece: unknown) => void): Promise<void> => {
      this.figures.received++;
      const deadline = clock.monotonic() + budgetMs;
      const { outcome } = await replica.perform({ ...envelope, deadline }, { type: 'undo', product, movement });
      piece(outcome);
    };
    sync.answers.on(KIND.undo, checkUndo, (_, undo, piece) => answer(undo, piece), AT_ONCE);
  }

  /**
   * Undoes a movement of any instance. The one that its id names cannot be reached: `unavailable`, `not_executed`; it was asked and has not answered:
   * `unknown`. Never rejects, and answers before the deadline.
   */
  async undo(envelope: Envelope, product: string, movement: string): Promise<Outcome<CounterAnswer>> {
    const { replica, sync } = this.deps;
    const owner = instanceOf(movement);
    const there = owner === replica.id ? undefined : sync.neighbours.byId.get(owner);
    if (there !== undefined) return this.carry(there, envelope, product, movement);
    // An id that names nobody is unknown here as everywhere.
    if (owner === replica.id || owner === '') return (await replica.perform(envelope, { type: 'undo', product, movement })).outcome;
    return NOT_EXECUTED;
  }

  private async carry(
    there: Neighbour,
    { deadline, ...envelope }: Envelope,
    product: string,
    movement: string,
  ): Promise<Outcome<CounterAnswer>> {
    const budgetMs = Math.floor(Math.min(LONGEST_MS, deadline - this.deps.clock.monotonic()) - WIRE_MS);
    if (budgetMs <= 0) return NOT_EXECUTED;
    this.figures.forwarded++;
    let outcome: Outcome<CounterAnswer> = UNKNOWN;
    const { scope, id, acteur, instant, hash } = envelope;
    // The id may have been heard there before, by another door: it is never taken for new.
    const data = { scope, id, acteur, instant, hash, budgetMs, product, movement };
    try {
      await this.deps.sync.neighbours.call(there, KIND.undo, data, (piece) => (outcome = checkOutcome(piece)), budgetMs + WIRE_MS / 2);
    } catch (error) {
      return error instanceof CallFailed && error.why === 'unsent' ? NOT_EXECUTED : outcome;
    }
    return outcome;
  }
}

function checkUndo(data: unknown): Undo {
  const fields = list(Object.values(Object(data) as object), 8, (field) => field);
  const [scope, id, acteur, instant, hash, budgetMs, product, movement] = fields;
  const who = acteur === null ? null : text(acteur, MAX_TEXT);
  const envelope = {
    scope: text(scope, MAX_TEXT),
    id: text(id, MAX_TEXT),
    minted: false,
    acteur: who,
    instant: natural(instant),
    hash: text(hash, MAX_TEXT),
  };
  return { envelope, budgetMs: Math.min(LONGEST_MS, natural(budgetMs)), product: slug(product), movement: text(movement, MAX_TEXT) };
}

function checkOutcome(data: unknown): Outcome<CounterAnswer> {
  const outcome = checkPiece([[0, data]], 1)[0]![1];
  if (outcome.is === 'moved' || outcome.is === 'lost') throw new TypeError('a movement is undone there or not at all');
  if (outcome.is !== 'done') return outcome;
  const { valeur, mouvementId, instance } = record(outcome.answer);
  const answer = { valeur: text(valeur, MAX_TEXT), mouvementId: text(mouvementId, MAX_TEXT), instance: text(instance, MAX_TEXT) };
  return { ...outcome, answer };
}
