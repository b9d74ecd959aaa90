/**
 * What becomes of a sealed group (J1, J3): it is written whole, taken apart, or lost.
 *
 * Innocent streams of a refused group go again as they were staged; a guilty one loses its staged state, its guilty demande gets
 * the mapped refusal, and what was decided after it is decided again. Contention is a definite rollback: the same group goes once more.
 */
import type { Ticket } from '../aggregate/ticket.js';
import { condemn } from './condemn.js';
import { type Breakage, type Group, groupWrite, type Writer } from './group.js';
import type { TableSchema } from './rows.js';
import { CommitUnknown, Contended, GroupRefused, type GroupWrite, type SnapshotWrite, type Storage } from './storage.js';

/** The lane that a group came from. */
export interface SenderPort {
  /** Committed, and nobody knows yet. */
  landed(group: Group, facts: number): void;
  /** Everybody has been answered. */
  told(facts: number): void;
  /** Takes back what a writer decided since the group was sealed. */
  unstage(writer: Writer): Ticket[];
  /** The database is to be left alone for a while. */
  pause(): void;
  report(message: string, error: unknown): void;
}

export class GroupSender {
  /** Groups that a guard refused. */
  conflicts = 0;

  constructor(
    private readonly storage: Storage,
    private readonly schemas: ReadonlyMap<string, TableSchema>,
    private readonly lane: SenderPort,
  ) {}

  /** Resolves when every writer of `group` knows what became of it. Never rejects for a reason that the storage names. */
  async send(group: Group, snapshots: readonly SnapshotWrite[]): Promise<void> {
    for (let contended = 0; group.size > 0;) {
      const kept = new Set([...group.writers()].map((writer) => writer.stream));
      // A stream that was found guilty lost the state that its snapshot shows.
      const current = snapshots.filter(([stream]) => kept.has(stream));
      const write = groupWrite(group.entries(), current, this.schemas);
      try {
        await this.storage.commit(write);
        return this.publish(group, write.facts.length);
      } catch (error) {
        if (error instanceof Contended && contended++ === 0) continue;
        if (error instanceof GroupRefused) {
          this.conflicts++;
          if (await this.takeApart(group, write, error)) continue;
          return;
        }
        return this.fail(group, error);
      }
    }
  }

  private publish(group: Group, facts: number): void {
    this.lane.landed(group, facts);
    for (const [writer, tickets] of group.entries()) {
      writer.committed();
      for (const ticket of tickets) ticket.settle(ticket.decision!.outcome);
    }
    this.lane.told(facts);
  }

  /** False when the database could not be asked who is guilty: the whole group is dropped. */
  private async takeApart(group: Group, write: GroupWrite, refused: GroupRefused): Promise<boolean> {
    try {
      const sentences = await condemn(this.storage, this.schemas, [...group.entries()], write);
      if (sentences.size === 0) throw new Error('A guard refused a group and nothing in it is guilty', { cause: refused });
      for (const [writer, why] of sentences) this.drop(group, writer, why);
      return true;
    } catch (error) {
      this.fail(group, error);
      return false;
    }
  }

  private drop(group: Group, writer: Writer, why: Breakage): void {
    writer.refused([...group.remove(writer), ...this.lane.unstage(writer)], why);
  }

  private fail(group: Group, error: unknown): void {
    const why: Breakage = error instanceof CommitUnknown ? 'unknown' : 'unavailable';
    const { lane } = this;
    lane.report(why === 'unknown' ? 'A commit was lost: nobody knows yet whether it was written' : 'The database refuses to write', error);
    lane.pause();
    const writers = [...group.writers()];
    for (const writer of writers) {
      if (why === 'unknown') for (const ticket of group.tickets(writer)) ticket.ambiguous = true;
      this.drop(group, writer, why);
    }
  }
}
