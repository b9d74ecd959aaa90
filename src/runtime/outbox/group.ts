import type { Ticket } from '../aggregate/ticket.js';
import { NetChanges } from './net-changes.js';
import type { TableSchema } from './rows.js';
import type { DemandeWrite, FactWrite, GroupWrite, HeadWrite, SnapshotWrite } from './storage.js';

/** What the journal needs to know of a living aggregate. */
export interface Writer {
  readonly stream: string;
  readonly kind: string;
  readonly factFormat: number;
  /** The refusal code for a constraint of the database, if its module explains it. */
  explain(constraint: string): string | undefined;
  /** Called when its staged decisions leave for the database: the snapshot to write with them, if one is due. */
  seal(): SnapshotWrite | undefined;
  /** Its decisions are in the database. */
  committed(): void;
  /** Its staged decisions will never be committed as they are. Tickets come in order, undecided again. */
  refused(tickets: Ticket[], why: Breakage): void;
}

/** Why staged decisions were dropped. */
export type Breakage =
  /** Another writer moved the stream. */
  | 'fenced'
  /** One demande was guilty and has been answered; the others are innocent. */
  | 'guilty'
  /** Nothing was written, and nothing can be for the moment. */
  | 'unavailable'
  /** Nobody knows whether it was written. */
  | 'unknown'
  /** A guard that no module explains refused a row: a bug. */
  | 'bug';

/** Decisions that will be written together, stream by stream, in the order in which they were decided. */
export class Group {
  private readonly stages = new Map<Writer, Ticket[]>();
  size = 0;

  constructor(readonly openedAt: number) {}

  add(writer: Writer, ticket: Ticket): void {
    const stage = this.stages.get(writer);
    if (stage === undefined) this.stages.set(writer, [ticket]);
    else stage.push(ticket);
    this.size++;
  }

  /** Takes one stream out; its tickets, in order. */
  remove(writer: Writer): Ticket[] {
    const tickets = this.stages.get(writer) ?? [];
    this.stages.delete(writer);
    this.size -= tickets.length;
    return tickets;
  }

  entries(): IterableIterator<[Writer, Ticket[]]> {
    return this.stages.entries();
  }

  writers(): IterableIterator<Writer> {
    return this.stages.keys();
  }

  tickets(writer: Writer): readonly Ticket[] {
    return this.stages.get(writer) ?? [];
  }
}

/** The rows of a group, ready for the storage. `snapshots` are those that the writers gave when the group was sealed. */
export function groupWrite(
  stages: Iterable<readonly [Writer, readonly Ticket[]]>,
  snapshots: readonly SnapshotWrite[],
  schemas: ReadonlyMap<string, TableSchema>,
): GroupWrite {
  const heads: HeadWrite[] = [];
  const facts: FactWrite[] = [];
  const demandes: DemandeWrite[] = [];
  const absent: [string, string][] = [];
  const changes = new NetChanges(schemas);
  for (const [writer, tickets] of stages) {
    const first = tickets[0]!.decision!;
    const last = tickets.at(-1)!.decision!;
    heads.push([writer.stream, writer.kind, first.from, last.to, last.instant]);
    for (const ticket of tickets) writeTicket(writer, ticket, facts, demandes, absent, changes);
  }
  // One lock order for every writer of the cluster: two groups that share streams queue, they never deadlock.
  heads.sort((a, b) => (a[0] < b[0] ? -1 : 1));
  return { heads, facts, demandes, absent, tables: changes.build(), snapshots };
}

function writeTicket(
  writer: Writer,
  ticket: Ticket,
  facts: FactWrite[],
  demandes: DemandeWrite[],
  absent: [string, string][],
  changes: NetChanges,
): void {
  const { scope, id, hash, acteur, minted } = ticket.envelope;
  const decision = ticket.decision!;
  let version = decision.from;
  for (const { type, ...data } of decision.facts) {
    facts.push([writer.stream, ++version, type, data, id, acteur, decision.instant, writer.factFormat]);
  }
  for (const change of decision.changes) changes.add(change);
  if (decision.outcome.is === 'done') demandes.push([scope, id, writer.stream, hash, decision.outcome.answer, decision.instant]);
  else if (!minted) absent.push([scope, id]);
}
