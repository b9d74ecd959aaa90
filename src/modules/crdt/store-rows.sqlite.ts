/** Rows of the local store as values, and values as the JSON that its statements read. */
import type { ResultRow } from '../../runtime/outbox/dialect.js';
import type { ArchivedSum, Entry } from './counter-words.js';
import { NO_GIFTS, type Tally } from './pn-counter.js';
import type { Batch, Movement, Product, StoredSlot } from './store.js';

const text = (row: ResultRow, name: string): string => String(row[name]);
const orNull = (row: ResultRow, name: string): string | null => (row[name] === null ? null : String(row[name]));

export function entryOf(row: ResultRow): Entry {
  const tally: Tally = { plus: BigInt(text(row, 'plus')), minus: BigInt(text(row, 'minus')), given: giftsOf(orNull(row, 'given')) };
  return { product: text(row, 'product'), slot: text(row, 'slot'), tally, changed: Number(row['changed']) };
}

function giftsOf(json: string | null): Tally['given'] {
  if (json === null) return NO_GIFTS;
  const gifts = JSON.parse(json) as Record<string, string>;
  return new Map(Object.entries(gifts).map(([to, amount]) => [to, BigInt(amount)]));
}

/** What of a movement is never searched for. */
type What = readonly [
  at: number,
  scope: string,
  operation: string,
  hash: string,
  by: string,
  kind: Movement['kind'],
  value: string,
  version: number,
  slot: string,
  undoes: string | null,
];

/** The two parts of a demande's name as one key; a scope has no line break. */
export function demandeOf(scope: string, operation: string): string {
  return `${scope}\n${operation}`;
}

export function movementOf(row: ResultRow): Movement {
  const [at, scope, operation, hash, by, kind, value, version, slot, undoes] = JSON.parse(text(row, 'what')) as What;
  return {
    id: text(row, 'id'),
    scope,
    operation,
    hash,
    product: text(row, 'product'),
    by: BigInt(by),
    kind,
    value: BigInt(value),
    version,
    slot,
    at,
    undoes,
    undoneBy: orNull(row, 'undone_by'),
  };
}

export function productOf(row: ResultRow): Product {
  return {
    produit: text(row, 'produit'),
    nom: text(row, 'nom'),
    unite: orNull(row, 'unite'),
    seuil: orNull(row, 'seuil'),
    borne: row['borne'] === 1,
    creeLe: Number(row['cree_le']),
  };
}

/** A slot of another INSTANCE_ID is not one's own, whatever the file says: the file may be a copy. */
export function slotOf(row: ResultRow, instance: string): StoredSlot {
  const replica = text(row, 'replica');
  return {
    slot: text(row, 'slot'),
    replica,
    version: Number(row['version']),
    own: row['own'] === 1 && replica === instance,
    archived: row['archived'] === 1,
    doubt: orNull(row, 'doubt') ?? undefined,
  };
}

export function sumOf(row: ResultRow): ArchivedSum {
  const sum = (column: string): bigint =>
    [3, 2, 1, 0].reduce((all, at) => all * 1_000_000_000_000n + BigInt(text(row, `${column}${at}`)), 0n);
  return { product: text(row, 'product'), replica: text(row, 'replica'), plus: sum('plus'), minus: sum('minus') };
}

function whatOf(m: Movement): What {
  return [m.at, m.scope, m.operation, m.hash, `${m.by}`, m.kind, `${m.value}`, m.version, m.slot, m.undoes];
}

export const json = {
  slots: ({ slots }: Batch): string =>
    JSON.stringify(slots.map(({ slot, replica, version, own, doubt }) => [slot, replica, version, own ? 1 : 0, doubt ?? null])),
  entries: ({ entries }: Batch): string =>
    JSON.stringify(
      entries.map(({ slot, product, tally: { plus, minus, given }, changed }) => {
        const gifts = given.size === 0 ? null : JSON.stringify(Object.fromEntries([...given].map(([to, amount]) => [to, `${amount}`])));
        return [slot, product, `${plus}`, `${minus}`, gifts, changed];
      }),
    ),
  movements: ({ movements }: Batch): string =>
    JSON.stringify(movements.map((m) => [m.id, demandeOf(m.scope, m.operation), m.product, whatOf(m)])),
  undone: ({ undone }: Batch): string => JSON.stringify(undone),
  products: ({ products }: Batch): string =>
    JSON.stringify(products.map(({ produit, nom, unite, seuil, borne, creeLe }) => [produit, nom, unite, seuil, borne ? 1 : 0, creeLe])),
};
