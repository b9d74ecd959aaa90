import { systemClock, type Clock } from '../../src/runtime/clock.js';
import type { Cell } from '../../src/runtime/outbox/rows.js';
import { type Condition, type RowTransaction, StorageUnavailable } from '../../src/runtime/outbox/storage.js';

type Row = Record<string, Cell>;

/**
 * Tables in memory with the contract of `RowTransaction`: conditional updates, unique keys, order by the first one.
 * Transactions run one at a time and, when they throw, leave nothing behind.
 */
export class MemoryRows implements RowTransaction {
  down = false;
  private tables = new Map<string, Row[]>();
  private tail: Promise<unknown> = Promise.resolve();

  /** `keys`: per table, the sets of columns that are unique; the first one is the primary key. */
  constructor(
    private readonly keys: Readonly<Record<string, readonly (readonly string[])[]>>,
    private readonly clock: Pick<Clock, 'now'> = systemClock,
  ) {}

  readonly transact = <T>(work: (tx: RowTransaction) => Promise<T>): Promise<T> => {
    const turn = this.tail.then(() => this.savepoint(() => work(this)));
    this.tail = turn.catch(() => undefined);
    return turn;
  };

  rows(table: string): readonly Readonly<Row>[] {
    return this.table(table);
  }

  async savepoint<T>(work: () => Promise<T>): Promise<T> {
    if (this.down) throw new StorageUnavailable('down');
    const before = new Map([...this.tables].map(([name, rows]) => [name, rows.map((row) => ({ ...row }))]));
    try {
      return await work();
    } catch (error) {
      this.tables = before;
      throw error;
    }
  }

  async insert(table: string, rows: readonly Readonly<Row>[], ignore = false): Promise<number> {
    let inserted = 0;
    for (const row of rows) {
      if (Object.values(row).includes(undefined as never)) throw new Error('an undefined cell');
      const taken = this.table(table).some((other) =>
        this.keys[table]!.some((key) => key.every((column) => other[column] === row[column])),
      );
      if (taken && !ignore) throw new Error(`${table}: key taken`);
      if (taken) continue;
      this.table(table).push({ ...row });
      inserted++;
    }
    return inserted;
  }

  async update(table: string, values: Readonly<Row>, where: Readonly<Row>): Promise<number> {
    const found = this.find(table, where);
    for (const row of found) Object.assign(row, values);
    return found.length;
  }

  async updateAll(table: string, key: readonly string[], rows: readonly Readonly<Row>[]): Promise<number> {
    let changed = 0;
    for (const row of rows) changed += await this.update(table, row, Object.fromEntries(key.map((column) => [column, row[column]!])));
    return changed;
  }

  async delete(table: string, where: Readonly<Record<string, Condition>>): Promise<number> {
    const gone = new Set(this.find(table, where));
    this.tables.set(
      table,
      this.table(table).filter((row) => !gone.has(row)),
    );
    return gone.size;
  }

  async select(table: string, where: Readonly<Record<string, Condition>>, limit = Infinity): Promise<Row[]> {
    const [key] = this.keys[table]!;
    const order = (row: Row): string => JSON.stringify(key!.map((column) => row[column]));
    return this.find(table, where)
      .toSorted((a, b) => (order(a) < order(b) ? -1 : 1))
      .slice(0, limit)
      .map((row) => ({ ...row }));
  }

  hold(table: string, where: Readonly<Record<string, Condition>>): Promise<Row[]> {
    return this.select(table, where);
  }

  async now(): Promise<number> {
    return this.clock.now();
  }

  private find(table: string, where: Readonly<Record<string, Condition>>): Row[] {
    return this.table(table).filter((row) => Object.entries(where).every(([column, condition]) => meets(row[column], condition)));
  }

  private table(name: string): Row[] {
    if (this.keys[name] === undefined) throw new Error(`no table ${name}`);
    const rows = this.tables.get(name) ?? [];
    this.tables.set(name, rows);
    return rows;
  }
}

function meets(cell: Cell | undefined, condition: Condition): boolean {
  if (condition === null || typeof condition !== 'object') return cell === condition;
  if ('atMost' in condition) return typeof cell === 'number' && cell <= condition.atMost;
  return condition.includes(cell as Cell);
}
