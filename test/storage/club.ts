import { openStorage } from '../../src/database/open-storage.js';
import { tableSchema } from '../../src/database/schema.js';
import { crdtTables } from '../../src/modules/crdt/produits.tables.js';
import { membresTables } from '../../src/modules/membres/membres.tables.js';
import { notificationsTables } from '../../src/modules/notifications/notifications.tables.js';
import { paiementsTables } from '../../src/modules/paiements/paiements.tables.js';
import { pretsTables } from '../../src/modules/prets/prets.tables.js';
import { reunionsTables } from '../../src/modules/reunions/reunions.tables.js';
import type { Cell } from '../../src/runtime/outbox/rows.js';
import type { FactWrite, GroupWrite, HeadWrite, Storage, TableWrite } from '../../src/runtime/outbox/storage.js';
import { newDatabase, type Engine, type Hand, type TestDatabase } from '../support/databases.js';

export const clubTables = [
  ...membresTables,
  ...reunionsTables,
  ...paiementsTables,
  ...notificationsTables,
  ...crdtTables,
  ...pretsTables,
].map(tableSchema);

/** A migrated database with its storage and a person at the keyboard. */
export interface Club {
  readonly db: TestDatabase;
  readonly storage: Storage;
  readonly hand: Hand;
  end(): Promise<void>;
}

/** Opens one, with the members m0 … m9. */
export async function openClub(engine: Engine): Promise<Club> {
  const db = await newDatabase(engine);
  const storage = openStorage(db.url);
  await storage.open(clubTables);
  const membre = (i: number) => ({ id: `m${i}`, nom: 'Nom', courriel: null, cree_le: 1, version: 1 });
  await storage.transact((tx) =>
    tx.insert(
      'membre',
      Array.from({ length: 10 }, (_, i) => membre(i)),
    ),
  );
  const hand = await db.hand();
  const end = async (): Promise<void> => {
    await storage.close();
    await db.drop();
  };
  return { db, storage, hand, end };
}

type Changes = { inserts?: Cell[][]; updates?: Cell[][]; deletes?: Cell[][] };
type Parts = Partial<Omit<GroupWrite, 'tables'>> & { tables?: Record<string, Changes> };

/** A group of these parts; what is not named is empty. */
export function group({ tables = {}, ...parts }: Parts): GroupWrite {
  const writes = Object.entries(tables).map(([name, changes]): [string, TableWrite] => [
    name,
    { inserts: [], updates: [], deletes: [], ...changes },
  ]);
  return { heads: [], facts: [], demandes: [], absent: [], snapshots: [], ...parts, tables: new Map(writes) };
}

export const head = (stream: string, expected: number, next: number): HeadWrite => [stream, 'seance', expected, next, next];
export const fact = (stream: string, version: number, data: unknown = {}): FactWrite => [
  stream,
  version,
  'Fait',
  data,
  'd',
  null,
  version,
  1,
];

export const seanceRow = (id: string, places: number): Cell[] => [
  id,
  'Titre',
  null,
  'a',
  'b',
  1,
  2,
  'UTC',
  'ouverte',
  places,
  0,
  'sur_place',
  null,
  1,
];
/** An update of a séance that changes only its places. */
export const placesRow = (id: string, places: number): Cell[] => [id, ...Array<Cell>(8).fill(null), places, ...Array<Cell>(4).fill(null)];
export const entree = (seance: string, version: number, membre: string, statut = 'inscrite', rang: number | null = null): Cell[] => [
  seance,
  version,
  membre,
  statut,
  rang,
  version,
];
export const devient = (seance: string, version: number, statut: string): Cell[] => [seance, version, null, statut, null, null];

/** Opens a séance with its stream at version 1. */
export const planifiee = (id: string, places: number): GroupWrite =>
  group({ heads: [head(id, 0, 1)], facts: [fact(id, 1)], tables: { seance: { inserts: [seanceRow(id, places)] } } });

/** Brings m<n> in by the fact `version`, the stream going from one before it. */
export const inscrit = (id: string, version: number, membre: string, statut = 'inscrite'): GroupWrite =>
  group({
    heads: [head(id, version - 1, version)],
    facts: [fact(id, version)],
    demandes: [['test', `${id}-${version}`, id, 'hash', { version }, version]],
    tables: { inscription: { inserts: [entree(id, version, membre, statut, statut === 'en_attente' ? version : null)] } },
  });

/** How a promise was refused. */
export async function refusal(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** Waits until `met`, without guessing how long that takes. */
export async function until(met: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await met())) await new Promise((resolve) => setImmediate(resolve));
}
