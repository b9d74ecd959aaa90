import type { CommitRow } from './commit-columns.js';
import { refusedGroup } from './refused-group.js';
import { ConstraintViolated } from './storage.js';

/** One part of a refused group, encoded. */
export interface RehearsedPart {
  readonly streams: readonly string[];
  readonly row: CommitRow;
}

/** Tries the parts one after another inside the transaction that the caller has begun and will roll back. See `Storage.rehearse`. */
export async function rehearseParts(
  parts: readonly RehearsedPart[],
  exec: (sql: string) => Promise<unknown>,
  write: (row: CommitRow) => Promise<unknown>,
  meaning: (error: unknown) => unknown,
): Promise<(ConstraintViolated | undefined)[]> {
  const guilty = new Set<string>();
  const verdicts: (ConstraintViolated | undefined)[] = [];
  for (const { streams, row } of parts) {
    // A part behind a refused one on the same stream expects a head that will not be there: it has to be decided again anyway.
    const violation = streams.some((stream) => guilty.has(stream)) ? undefined : await tried(row, exec, write, meaning);
    if (violation !== undefined) for (const stream of streams) guilty.add(stream);
    verdicts.push(violation);
  }
  return verdicts;
}

async function tried(
  row: CommitRow,
  exec: (sql: string) => Promise<unknown>,
  write: (row: CommitRow) => Promise<unknown>,
  meaning: (error: unknown) => unknown,
): Promise<ConstraintViolated | undefined> {
  await exec('SAVEPOINT part');
  try {
    await write(row);
    await exec('RELEASE part');
    return undefined;
  } catch (error) {
    const failure = meaning(error);
    if (!(failure instanceof ConstraintViolated)) throw failure;
    const refused = refusedGroup(failure);
    if (refused.reason !== 'guard') throw refused;
    await exec('ROLLBACK TO part');
    await exec('RELEASE part');
    return failure;
  }
}
