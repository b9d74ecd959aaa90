import type { Ticket } from '../aggregate/ticket.js';
import { WAKE } from '../aggregate/wake.js';
import { NetChanges } from './net-changes.js';
import type { TableSchema } from './rows.js';
import type { DemandeWrite, FactWrite, GroupWrite, HeadWrite, SnapshotWrite } from './storage.js';

/** What the journal needs to know of a living aggregate. */
export interface Writer {
  readonly stream: string;
  readonly kind: string;
  /** Of its companions, when its kind has any. */
  readonly companionKind: string | undefined;
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
    if (writer.companionKind === undefined) heads.push([writer.stream, writer.kind, first.from, last.to, last.instant]);
    else familyHeads(writer, writer.companionKind, tickets, heads);
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
  const { facts: decided, apart, outcome, instant } = decision;
  let version = decision.from;
  for (let i = 0; i < decided.length; i++) {
    const { type, ...data } = decided[i]!;
    const place = apart?.places[i];
    facts.push([place?.stream ?? writer.stream, place?.version ?? ++version, type, data, id, acteur, instant, writer.factFormat]);
  }
  for (const change of decision.changes) changes.add(change);
  // A wake has no effect of its own, so nothing is kept of it.
  if (ticket.demande.type === WAKE.type) return;
  if (outcome.is === 'done') demandes.push([scope, id, writer.stream, hash, outcome.answer, instant]);
  else if (!minted) absent.push([scope, id]);
}

/** The root, and every companion that these decisions read or wrote, once each. */
function familyHeads(writer: Writer, companionKind: string, tickets: readonly Ticket[], heads: HeadWrite[]): void {
  const found = new Map<string, HeadWrite>();
  const head = (stream: string, kind: string, from: number, to: number, instant: number): void => {
    const before = found.get(stream);
    if (before === undefined || to > from) found.set(stream, [stream, kind, before?.[2] ?? from, to, instant]);
  };
  for (const { decision } of tickets) {
    const { from, to, instant, apart } = decision!;
    head(writer.stream, writer.kind, from, to, instant);
    for (const [stream, step] of apart?.steps ?? []) head(stream, companionKind, step.from, step.to, instant);
  }
  heads.push(...found.values());
}

/** The streams that these decisions rest on. */
export function streamsOf(writer: Writer, tickets: readonly Ticket[]): readonly string[] {
  if (writer.companionKind === undefined) return [writer.stream];
  return [writer.stream, ...tickets.flatMap(({ decision }) => [...(decision?.apart?.steps.keys() ?? [])])];
}
