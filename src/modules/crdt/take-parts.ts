import type { Delta } from './counters.js';
import { type Intake, Lie } from './intake.js';
import type { Neighbour, Neighbours } from './neighbours.js';
import { checkDelta } from './sync-wire.js';

/** Parts of one answer that are taken: what needs more is no club. */
export const MOST_PARTS = 64;

export interface Question {
  readonly kind: string;
  readonly data: unknown;
  /** Whether a part belongs to the answer. */
  readonly expects: (part: Delta) => boolean;
  readonly timeoutMs?: number;
  /** True once the one who asks has ended: what still comes is dropped. */
  readonly over: () => boolean;
}

/**
 * Asks a peer for deltas and takes them in, each when those before it are, while the next ones come. Resolves when all that came is held durably.
 * Rejects with `CallFailed`, or with why a part could not be taken.
 */
export async function takeParts(neighbours: Neighbours, intake: Intake, from: Neighbour, question: Question): Promise<void> {
  let parts = 0;
  let failed: unknown;
  let taken: Promise<void> = Promise.resolve();
  const take = async (before: Promise<void>, part: Delta): Promise<void> => {
    await before;
    if (failed !== undefined || question.over()) return;
    await intake.take(part).catch((error: unknown) => (failed = error));
  };
  const onPiece = (piece: unknown): void => {
    const part = checkDelta(piece);
    if (++parts > MOST_PARTS || !question.expects(part)) throw new Lie(`${from.id} answers what was not asked`);
    taken = take(taken, part);
  };
  try {
    await neighbours.call(from, question.kind, question.data, onPiece, question.timeoutMs);
  } finally {
    await taken;
  }
  if (failed !== undefined) throw failed;
}
