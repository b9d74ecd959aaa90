/**
 * Progress of listeners: one row per (listener, stream), written in the transaction of their effects.
 *
 * I1. A listener takes the facts of a stream in order, each once: its row says which one was the last.
 * I2. A fact that it cannot take holds back that stream for that listener only; it is tried again, later and later, and then
 *     becomes a dead letter that waits for a person: replayed or discarded.
 */
import type { Clock } from '../clock.js';
import { newId } from '../ids.js';
import { applyEffects, type Effect, type Listener } from './listener.js';
import { concernsStorage, type OutboxFact, type RowTransaction } from './storage.js';

export interface HeldBack {
  readonly listener: string;
  readonly stream: string;
  /** The first fact that could not be taken. */
  readonly version: number;
  readonly attempts: number;
  /** Wall time of the next try; meaningless once dead. */
  readonly nextTry: number;
  readonly dead: boolean;
  readonly error: string;
  readonly since: number;
}

/** Tries before a person is asked: 1 s, 2 s, 4 s … about four minutes in all. Raising it hides a bug longer. */
const ATTEMPTS = 8;

export class Inbox {
  private held = new Map<string, HeldBack>();

  constructor(
    readonly listeners: readonly Listener[],
    private readonly clock: Clock,
    private readonly report: (message: string, error: unknown) => void,
  ) {}

  /** Reads what is held back; before the first batch, and whenever another relay may have written. */
  async reload(tx: RowTransaction): Promise<void> {
    const rows = await tx.select('dead_letter', {});
    this.held = new Map(rows.map((row) => [key(String(row['listener']), String(row['stream'])), fromRow(row)]));
  }

  heldBack(): HeldBack[] {
    return [...this.held.values()];
  }

  /** Gives a batch of facts (in order per stream) to every listener, inside the relay's transaction. */
  async take(tx: RowTransaction, facts: readonly OutboxFact[]): Promise<void> {
    for (const listener of this.listeners) {
      const heard = facts.filter((fact) => listener.kinds.includes(fact.kind) && !this.held.has(key(listener.name, fact.stream)));
      if (heard.length > 0) await this.takeTogether(tx, listener, heard);
    }
  }

  private async takeTogether(tx: RowTransaction, listener: Listener, facts: readonly OutboxFact[]): Promise<void> {
    try {
      const effects = this.react(listener, facts);
      await tx.savepoint(() => this.write(tx, listener, facts, effects));
    } catch (error) {
      if (concernsStorage(error)) throw error;
      // Someone in the batch is guilty: each stream alone, so that the others are not held back with it.
      for (const part of byStream(facts)) await this.takeAlone(tx, listener, part);
    }
  }

  private async takeAlone(tx: RowTransaction, listener: Listener, facts: readonly OutboxFact[]): Promise<void> {
    for (const fact of facts) {
      try {
        await tx.savepoint(() => this.write(tx, listener, [fact], this.react(listener, [fact])));
      } catch (error) {
        if (concernsStorage(error)) throw error;
        return this.hold(tx, listener, fact, error);
      }
    }
  }

  private react(listener: Listener, facts: readonly OutboxFact[]): Effect[] {
    const context = { now: this.clock.now(), newId: (prefix: string) => newId(this.clock, prefix) };
    return facts.flatMap((fact) => [...listener.react(fact, context)]);
  }

  private async write(tx: RowTransaction, listener: Listener, facts: readonly OutboxFact[], effects: readonly Effect[]): Promise<void> {
    const last = new Map<string, number>();
    for (const fact of facts) last.set(fact.stream, fact.version);
    const rows = [...last].map(([stream, version]) => ({ listener: listener.name, stream, version }));
    await tx.insert('inbox', rows, true);
    await tx.updateAll('inbox', ['listener', 'stream'], rows);
    await applyEffects(tx, effects);
  }

  private async hold(tx: RowTransaction, listener: Listener, fact: OutboxFact, error: unknown): Promise<void> {
    const before = this.held.get(key(listener.name, fact.stream));
    const attempts = (before?.version === fact.version ? before.attempts : 0) + 1;
    const now = this.clock.now();
    const held: HeldBack = {
      listener: listener.name,
      stream: fact.stream,
      version: fact.version,
      attempts,
      nextTry: now + 1000 * 2 ** (attempts - 1),
      dead: attempts >= ATTEMPTS,
      error: error instanceof Error ? error.message : String(error),
      since: before?.since ?? now,
    };
    this.report(`The listener ${listener.name} cannot take ${fact.stream} version ${fact.version}`, error);
    await tx.insert('dead_letter', [toRow(held)], true);
    await tx.updateAll('dead_letter', ['listener', 'stream'], [toRow(held)]);
    this.held.set(key(listener.name, fact.stream), held);
  }

  /** Those whose next try is due. */
  due(): HeldBack[] {
    const now = this.clock.now();
    return this.heldBack().filter((held) => !held.dead && held.nextTry <= now);
  }

  /**
   * Tries what is held back again, from the first fact not taken up to the last published one. `facts` reads them.
   * `skip` discards the guilty fact first: a person's decision.
   */
  async retry(
    tx: RowTransaction,
    held: HeldBack,
    facts: (from: number, to: number) => Promise<readonly OutboxFact[]>,
    skip = false,
  ): Promise<void> {
    const listener = this.listeners.find((one) => one.name === held.listener);
    const [head] = await tx.select('stream', { id: held.stream });
    if (listener === undefined || head === undefined) {
      // Nobody listens under that name any more: the letter can only be thrown away.
      if (skip) await this.forget(tx, held);
      return;
    }
    if (skip) await this.skip(tx, held);
    const waiting = await facts(skip ? held.version : held.version - 1, Number(head['published']));
    await tx.delete('dead_letter', { listener: held.listener, stream: held.stream });
    // Until it has passed it stays in `held`, so that one more failure counts on.
    const failedAgain = await this.takeHeld(tx, listener, waiting);
    if (!failedAgain) this.held.delete(key(held.listener, held.stream));
  }

  private async forget(tx: RowTransaction, held: HeldBack): Promise<void> {
    await tx.delete('dead_letter', { listener: held.listener, stream: held.stream });
    this.held.delete(key(held.listener, held.stream));
  }

  private async takeHeld(tx: RowTransaction, listener: Listener, facts: readonly OutboxFact[]): Promise<boolean> {
    for (const fact of facts) {
      try {
        await tx.savepoint(() => this.write(tx, listener, [fact], this.react(listener, [fact])));
      } catch (error) {
        if (concernsStorage(error)) throw error;
        await this.hold(tx, listener, fact, error);
        return true;
      }
    }
    return false;
  }

  private async skip(tx: RowTransaction, held: HeldBack): Promise<void> {
    const row = { listener: held.listener, stream: held.stream, version: held.version };
    await tx.insert('inbox', [row], true);
    await tx.updateAll('inbox', ['listener', 'stream'], [row]);
  }
}

function key(listener: string, stream: string): string {
  return `${listener}\n${stream}`;
}

function byStream(facts: readonly OutboxFact[]): OutboxFact[][] {
  const streams = new Map<string, OutboxFact[]>();
  for (const fact of facts) {
    const part = streams.get(fact.stream);
    if (part === undefined) streams.set(fact.stream, [fact]);
    else part.push(fact);
  }
  return [...streams.values()];
}

function toRow(held: HeldBack): Record<string, string | number> {
  const { listener, stream, version, attempts, error, since } = held;
  return { listener, stream, version, attempts, next_try: held.nextTry, error, dead: held.dead ? 1 : 0, since };
}

/** A row of `dead_letter`. */
export function fromRow(row: Readonly<Record<string, string | number | null>>): HeldBack {
  return {
    listener: String(row['listener']),
    stream: String(row['stream']),
    version: Number(row['version']),
    attempts: Number(row['attempts']),
    nextTry: Number(row['next_try']),
    dead: Number(row['dead']) === 1,
    error: String(row['error']),
    since: Number(row['since']),
  };
}
