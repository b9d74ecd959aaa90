import {
  type Backlog,
  CommitUnknown,
  ConstraintViolated,
  type DemandeInstant,
  GroupRefused,
  type GroupWrite,
  type OutboxFact,
  type RowTransaction,
  type Storage,
  StorageUnavailable,
  type StoredDemande,
  type StoredStream,
  type StoredTimer,
  type Verdict,
} from '../../src/runtime/outbox/storage.js';
import { demandeKey } from '../../src/runtime/aggregate/demande-key.js';
import { MemoryTimers } from './memory-timers.js';

interface Flight {
  readonly group: GroupWrite;
  resolve(): void;
  reject(error: Error): void;
}

/**
 * A database in memory whose commits return when the test says so: the journal driven by hand.
 * It keeps the fence and the demande ids as a real one does; other guards are `guard`, which a test may give.
 */
export class HandStorage implements Storage {
  readonly heads = new Map<string, number>();
  readonly facts_: OutboxFact[] = [];
  readonly stored = new Map<string, StoredDemande>();
  readonly snapshots = new Map<string, NonNullable<StoredStream['snapshot']>>();
  readonly groups: GroupWrite[] = [];
  readonly loads: string[][] = [];
  readonly settledLoads: string[][] = [];
  /** What leaders read: armed by hand, or by the groups that are written. */
  readonly armed = new MemoryTimers();
  /** Rows of the table `timer`, as written. */
  readonly alarms = new Map<string, StoredTimer>();
  flights: Flight[] = [];
  /** Commits wait for `finish`, `lose` or `refuse` when true. */
  byHand = false;
  down = false;
  fenced = true;
  /** The constraint that a group's rows violate, if any. */
  guard: (group: GroupWrite) => string | undefined = () => undefined;

  async open(): Promise<void> {}
  async close(): Promise<void> {}

  async commit(group: GroupWrite): Promise<void> {
    if (this.down) throw new StorageUnavailable('down');
    this.groups.push(group);
    if (this.byHand) await new Promise<void>((resolve, reject) => this.flights.push({ group, resolve, reject }));
    this.write(group);
  }

  /** Lets the oldest commit go through. */
  finish(): void {
    this.flights.shift()!.resolve();
  }

  /** The connection of the oldest commit is lost, after the write or before it. */
  lose(written: boolean): void {
    const flight = this.flights.shift()!;
    if (written) this.write(flight.group);
    flight.reject(new CommitUnknown('lost'));
  }

  /** Another writer, elsewhere, moves a stream. */
  overtake(stream: string, type: string, data: Record<string, unknown> = {}): void {
    const version = (this.heads.get(stream) ?? 0) + 1;
    this.heads.set(stream, version);
    this.facts_.push({ stream, kind: 'x', version, type, data, demande: 'elsewhere', acteur: null, instant: 0, format: 1, position: null });
  }

  private write(group: GroupWrite): void {
    const verdict = this.verdict(group);
    if ((this.fenced && verdict.fenced.size > 0) || verdict.known.size > 0) throw refusal(verdict.known.size > 0 ? 'known' : 'fence');
    const constraint = this.guard(group);
    if (constraint !== undefined) throw refusal('guard', constraint);
    for (const [stream, , , next] of group.heads) if (next > 0) this.heads.set(stream, next);
    for (const [stream, version, type, data, demande, acteur, instant, format] of group.facts) {
      const kind = group.heads.find(([name]) => name === stream)![1];
      this.facts_.push({
        stream,
        kind,
        version,
        type,
        data: data as Record<string, unknown>,
        demande,
        acteur,
        instant,
        format,
        position: null,
      });
    }
    for (const [scope, id, stream, hash, answer] of group.demandes)
      this.stored.set(demandeKey(scope, id), { scope, id, stream, hash, answer });
    const { inserts = [], updates = [], deletes = [] } = group.tables.get('timer') ?? {};
    for (const [stream, name] of deletes) {
      if (!this.alarms.delete(`${stream} ${name}`)) throw new Error(`no timer ${stream} ${name} to delete`);
      this.armed.clear(String(stream), String(name));
    }
    for (const row of [...inserts, ...updates]) {
      const [stream, name, root, kind, due, demande] = row;
      const before = this.alarms.get(`${stream} ${name}`);
      if ((before === undefined) === updates.includes(row)) throw new Error(`the timer ${stream} ${name} is ${before ? '' : 'not '}there`);
      const [of, at] = [before?.root ?? String(root), Number(due)];
      const what = JSON.parse(String(demande)) as StoredTimer['demande'];
      this.alarms.set(`${stream} ${name}`, { root: of, stream: String(stream), name: String(name), due: at, demande: what });
      this.armed.arm(of, at, { stream: String(stream), name: String(name), ...(kind === null ? {} : { kind: String(kind) }) });
    }
    for (const [stream, version, format, state] of group.snapshots) this.snapshots.set(stream, { version, format, state });
  }

  private verdict(group: GroupWrite): Verdict {
    const fenced = new Set<string>();
    for (const [stream, , expected] of group.heads) if ((this.heads.get(stream) ?? 0) !== expected) fenced.add(stream);
    const known = new Map<string, StoredDemande>();
    for (const [scope, id] of [...group.demandes, ...group.absent]) {
      const found = this.stored.get(demandeKey(scope, id));
      if (found !== undefined) known.set(demandeKey(scope, id), found);
    }
    return { fenced, known };
  }

  async examine(group: GroupWrite): Promise<Verdict> {
    if (this.down) throw new StorageUnavailable('down');
    return this.verdict(group);
  }

  async rehearse(parts: readonly GroupWrite[]): Promise<(ConstraintViolated | undefined)[]> {
    return parts.map((part) => {
      const constraint = this.guard(part);
      return constraint === undefined ? undefined : new ConstraintViolated(constraint, constraint);
    });
  }

  async load(streams: readonly string[], settled = false): Promise<StoredStream[]> {
    if (this.down) throw new StorageUnavailable('down');
    (settled ? this.settledLoads : this.loads).push([...streams]);
    return streams.map((stream) => {
      const snapshot = this.snapshots.get(stream);
      const facts = this.facts_.filter((fact) => fact.stream === stream && fact.version > (snapshot?.version ?? 0));
      return snapshot === undefined ? { stream, facts } : { stream, snapshot, facts };
    });
  }

  async timersOf(roots: readonly string[]): Promise<StoredTimer[]> {
    if (this.down) throw new StorageUnavailable('down');
    return [...this.alarms.values()].filter(({ root }) => roots.includes(root));
  }

  async demandes(keys: readonly (readonly [string, string])[]): Promise<StoredDemande[]> {
    return keys.flatMap(([scope, id]) => this.stored.get(demandeKey(scope, id)) ?? []);
  }

  async unpublished(): Promise<OutboxFact[]> {
    return [];
  }

  async facts(stream: string, from: number, to: number): Promise<OutboxFact[]> {
    return this.facts_.filter((fact) => fact.stream === stream && fact.version > from && fact.version <= to);
  }

  async published(): Promise<OutboxFact[]> {
    return [];
  }

  async demandeInstants(): Promise<DemandeInstant[]> {
    return [];
  }

  async backlog(): Promise<Backlog> {
    return { facts: 0, bounded: false, oldest: null, position: 0, letters: [] };
  }

  readonly dueTimers = this.armed.dueTimers.bind(this.armed);
  readonly nextTimer = this.armed.nextTimer.bind(this.armed);
  readonly timers = this.armed.timers.bind(this.armed);
  readonly dueBacklog = this.armed.dueBacklog.bind(this.armed);

  transact<T>(_work: (tx: RowTransaction) => Promise<T>): Promise<T> {
    return Promise.reject(new Error('This storage holds no rows'));
  }
}

function refusal(reason: 'fence' | 'known' | 'guard', constraint: string = reason): GroupRefused {
  return new GroupRefused(reason, { cause: new ConstraintViolated(constraint, constraint) });
}
