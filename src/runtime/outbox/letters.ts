import type { HeldBack, Inbox } from './inbox.js';
import type { RowTransaction, Storage } from './storage.js';

/**
 * What is held back, tried again: by the relay when it is due, or by a person on any instance.
 *
 * L1. Each try first takes the row of `publication`, as every batch does, and only then reads the letters: so of all who publish, try again or
 *     settle, on whatever instance, one is at work at a time, and each sees all that the former did. Without it a fact that was published
 *     between a person's look and his order would reach its listener never, or twice.
 */
export class Letters {
  constructor(
    private readonly inbox: Inbox,
    private readonly storage: Pick<Storage, 'facts'>,
  ) {}

  /** Replays or, with `skip`, discards the letter of that id. False when nothing has it any more. */
  async settle(tx: RowTransaction, id: string, skip: boolean): Promise<boolean> {
    await this.alone(tx);
    const held = this.inbox.heldBack().find((one) => letterId(one) === id);
    if (held === undefined) return false;
    await this.again(tx, held, skip);
    return true;
  }

  /** Tries one letter again, unless someone settled it meanwhile. */
  async retry(tx: RowTransaction, due: HeldBack): Promise<void> {
    await this.alone(tx);
    const held = this.inbox.due().find((one) => letterId(one) === letterId(due));
    if (held !== undefined) await this.again(tx, held, false);
  }

  private async alone(tx: RowTransaction): Promise<void> {
    await tx.update('publication', { id: 1 }, { id: 1 });
    await this.inbox.reload(tx);
  }

  private again(tx: RowTransaction, held: HeldBack, skip: boolean): Promise<void> {
    return this.inbox.retry(tx, held, (from, to) => this.storage.facts(held.stream, from, to), skip);
  }
}

/**
 * The name under which it is shown, replayed and discarded. It names the fact too: an order that is given twice,
 * or late, never falls on the next one.
 */
export function letterId({ listener, stream, version }: Pick<HeldBack, 'listener' | 'stream' | 'version'>): string {
  return `${listener}:${stream}:${version}`;
}
