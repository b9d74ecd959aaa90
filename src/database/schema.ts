import { getMetadataArgsStorage, type EntityTarget, type ObjectLiteral } from 'typeorm';
import type { ColumnType, TableSchema } from '../runtime/outbox/rows.js';

/**
 * A table as its module declares it in `<module>.tables.ts`: the entity, and which of its columns bound or take (see `TableSchema`).
 * Plain data: a module hands it to the machine without importing either the machine or TypeORM's metadata.
 */
export interface ClubTable {
  readonly entity: EntityTarget<ObjectLiteral>;
  readonly limits?: readonly string[];
  readonly stamp?: string;
  readonly takes?: { readonly column: string; readonly values: readonly string[] };
}

/**
 * What the journal needs to know of a table, read from the entity's decorators: one declaration for reads and writes.
 * Columns with `insert: false` are left out: the database keeps them itself.
 */
export function tableSchema({ entity, limits, stamp, takes }: ClubTable): TableSchema {
  const storage = getMetadataArgsStorage();
  const table = storage.tables.find(({ target }) => target === entity);
  if (table?.name === undefined) throw new Error('an entity must name its table: @Entity("table")');
  const own = storage.columns.filter(({ target, options }) => target === entity && options.insert !== false);
  const columns = own.map(({ propertyName, options }) => [options.name ?? propertyName, columnType(options.type)] as const);
  const key = own.filter(({ options }) => options.primary === true).map(({ propertyName, options }) => options.name ?? propertyName);
  return {
    name: table.name,
    columns: Object.fromEntries(columns),
    key,
    ...(limits === undefined ? {} : { limits }),
    ...(stamp === undefined ? {} : { stamp }),
    ...(takes === undefined ? {} : { takes }),
  };
}

function columnType(type: unknown): ColumnType {
  if (type === 'text' || type === 'integer' || type === 'bigint') return type;
  throw new Error(`column type ${String(type)}: both engines store text, integer and bigint alike, nothing else`);
}
