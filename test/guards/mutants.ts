/** Each guard of a séance, taken out. Nothing in src knows of this: what is missing is missing here only. */
import { openStorage } from '../../src/database/open-storage.js';
import type { Demande } from '../../src/modules/reunions/seance.js';
import type { Outcome } from '../../src/runtime/aggregate/outcome.js';
import type { Storage, StoredStream } from '../../src/runtime/outbox/storage.js';
import type { TestDatabase } from '../support/databases.js';
import { intercept } from './intercept.js';
import { Owner } from './owner.js';

/** `text` without what matches; a mutant that changes nothing would be a guard that nobody took out. */
function without(text: string, ...parts: readonly [cut: RegExp, put: string][]): string {
  return parts.reduce((before, [cut, put]) => {
    const after = before.replace(cut, put);
    if (after === before) throw new Error(`the mutant finds nothing to take out: ${String(cut)}`);
    return after;
  }, text);
}

const BETWEEN = '\n-- next\n';

interface Program {
  readonly setup: readonly string[];
  readonly commit: string;
}

/** The commit program without its fence: heads are set without being compared, and a fact that is there already is let be. */
function unfenced({ setup, commit }: Program, { engine }: TestDatabase): Program {
  const cuts: [RegExp, string][] = [
    [/ AND stream\.version = \(j\.value ->>? 1\)(::integer)?/, ''],
    [/(INSERT INTO outbox [^;]*);/, '$1 WHERE true ON CONFLICT DO NOTHING;'],
    ...(engine === 'sqlite'
      ? ([
          [/SELECT RAISE\(ABORT, 'fence'\) WHERE changes\(\)[^;]*NEW\.moved\);/, ''],
          [/SELECT RAISE\(ABORT, 'fence'\) FROM [^;]*NEW\.held\)[^;]*;/, 'SELECT 1;'],
        ] as [RegExp, string][])
      : ([[/ AND s\.version = \(j\.value ->>? 1\)(::integer)?/, '']] as [RegExp, string][])),
  ];
  return { commit, setup: without(setup.join(BETWEEN), ...cuts).split(BETWEEN) };
}

/** A storage on `database`, with the fence or without it. */
export function storageOn(database: TestDatabase, { fence }: { readonly fence: boolean }): Storage {
  const storage = openStorage(database.url);
  if (fence) return storage;
  let program: Program | undefined;
  Object.defineProperty(storage, 'program', {
    get: () => program,
    set: (written: Program) => {
      program = unfenced(written, database);
    },
  });
  return storage;
}

/** Takes out of an empty migrated database everything that guards a seat: the count, its CHECK, the keys of the entries. */
export async function unguarded(database: TestDatabase): Promise<void> {
  const hand = await database.hand();
  if (database.engine === 'postgres') {
    await hand.type('ALTER TABLE seance DROP CONSTRAINT seance_complete');
    await hand.type('ALTER TABLE inscription DROP CONSTRAINT inscription_pkey');
    for (const index of ['inscription_vivante', 'inscription_rang']) await hand.type(`DROP INDEX ${index}`);
    for (const trigger of ['nouvelle', 'changee', 'retiree', 'ranimee', 'deplacee'])
      await hand.type(`DROP TRIGGER inscription_${trigger} ON inscription`);
  } else {
    for (const [table, ...cuts] of [
      ['seance', [/CONSTRAINT seance_complete CHECK \(prises <= places\),/, '']],
      ['inscription', [/,\s*PRIMARY KEY \(seance_id, entree\)/, ''], [/ WITHOUT ROWID/, '']],
    ] as [string, ...[RegExp, string][]][]) {
      const [row] = await hand.type(`SELECT sql FROM sqlite_schema WHERE name = '${table}'`);
      await hand.type(`DROP TABLE ${table}`);
      await hand.type(without(String(row!['sql']), ...cuts));
    }
  }
  await hand.close();
}

/**
 * An owner without a mailbox: each demande is decided by an activation of its own, on a fresh load, whatever goes on beside it.
 * All of them have read before the first one writes: the worst that the absence of a queue allows.
 */
export function withoutMailbox(storage: Storage, demandes: number): { ask(stream: string, demande: Demande): Promise<Outcome> } {
  let reading = demandes;
  let open: () => void = () => undefined;
  const allHaveRead = new Promise<void>((resolve) => (open = resolve));
  const load = async (streams: readonly string[], settled?: boolean): Promise<StoredStream[]> => {
    const read = await storage.load(streams, settled);
    if (--reading <= 0) open();
    await allHaveRead;
    return read;
  };
  const slow = intercept(storage, { load });
  return { ask: (stream, demande) => Owner.unopened(slow).ask(stream, demande) };
}
