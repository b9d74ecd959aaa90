import type { Cell, RowChange, TableSchema } from './rows.js';
import type { TableWrite } from './storage.js';

type Row = Readonly<Record<string, Cell>>;
interface Net {
  op: RowChange['op'];
  key: Row;
  values: Record<string, Cell>;
}

/** Reduces the changes of a group, in order, to one net change per (table, key): what the journal writes. */
export class NetChanges {
  private readonly tables = new Map<string, Map<string, Net>>();

  constructor(private readonly schemas: ReadonlyMap<string, TableSchema>) {}

  add(change: RowChange): void {
    let rows = this.tables.get(change.table);
    if (rows === undefined) {
      if (!this.schemas.has(change.table)) throw new Error(`No module declared the table "${change.table}"`);
      rows = new Map();
      this.tables.set(change.table, rows);
    }
    const id = identity(change.key);
    const before = rows.get(id);
    if (before === undefined) {
      rows.set(id, { op: change.op, key: change.key, values: change.op === 'delete' ? {} : { ...change.values } });
      return;
    }
    this.merge(rows, id, before, change);
  }

  private merge(rows: Map<string, Net>, id: string, before: Net, change: RowChange): void {
    if (change.op === 'delete') {
      // Born and gone inside one group: the database never hears of it.
      if (before.op === 'insert') rows.delete(id);
      else rows.set(id, { op: 'delete', key: change.key, values: {} });
      return;
    }
    const anew = before.op === 'delete' && change.op === 'insert' && this.complete(change);
    if (!anew && (before.op === 'delete' || change.op === 'insert'))
      throw new Error(`Row ${change.table} ${id} is inserted over a row of the same group`);
    // In the place of one that goes in the same group: to the database, one that changes in every column.
    if (anew) before.op = 'update';
    for (const column in change.values) {
      const value = change.values[column]!;
      if (value !== null) before.values[column] = value;
    }
  }

  /** True when nothing of an older row would show through an update. */
  private complete({ table, key, values }: Extract<RowChange, { op: 'insert' }>): boolean {
    return Object.keys(this.schemas.get(table)!.columns).every((column) => (values[column] ?? key[column] ?? null) !== null);
  }

  /** Rows as arrays in the order of each table's columns. */
  build(): Map<string, TableWrite> {
    const writes = new Map<string, TableWrite>();
    for (const [name, rows] of this.tables) {
      const schema = this.schemas.get(name)!;
      const columns = Object.keys(schema.columns);
      const write = { inserts: [] as Cell[][], updates: [] as Cell[][], deletes: [] as Cell[][] };
      for (const net of rows.values()) {
        const row = columns.map((column) => net.values[column] ?? net.key[column] ?? null);
        if (net.op === 'insert') write.inserts.push(row);
        else if (net.op === 'update') write.updates.push(row);
        else write.deletes.push(row);
      }
      writes.set(name, write);
    }
    return writes;
  }
}

function identity(key: Row): string {
  let id = '';
  for (const column in key) id += `${key[column]}\n`;
  return id;
}
