import type { Clock } from '../clock.js';
import type { DemandeInstant, DemandeKey, RowTransaction, Storage } from '../outbox/storage.js';
import type { HousekeepingLimits } from './housekeeping.js';

/** Rows removed, by table. */
export interface Removed {
  demandes: number;
  nodes: number;
  elections: number;
}

/** Runs one transaction in the write lane. */
export type InLane = <T>(work: (tx: RowTransaction) => Promise<T>) => Promise<T>;
/** One bounded step of a chore: at most one read and one transaction. False when there is no more to do in this round. */
export type Chore = (inLane: InLane) => Promise<boolean>;

/** The chores of one round, one after another. What each removes is counted in `removed` once it is committed. */
export function chores(
  storage: Pick<Storage, 'demandeInstants'>,
  clock: Pick<Clock, 'now'>,
  limits: HousekeepingLimits,
  removed: Removed,
): Chore[] {
  return [oldDemandes(storage, clock, limits, removed), goneNodes(clock, limits, removed), oldElections(limits, removed)];
}

/** What is older than `ageMs` by both clocks. */
async function cutoff(tx: RowTransaction, clock: Pick<Clock, 'now'>, ageMs: number): Promise<number> {
  return Math.min(clock.now(), await tx.now()) - ageMs;
}

function oldDemandes(
  storage: Pick<Storage, 'demandeInstants'>,
  clock: Pick<Clock, 'now'>,
  { demandeMs, rows, slice }: HousekeepingLimits,
  removed: Removed,
): Chore {
  let after: DemandeKey | undefined;
  let old: DemandeInstant[] = [];
  let walked = false;
  return async (inLane) => {
    if (old.length === 0 && !walked) {
      const read = await storage.demandeInstants(after, slice);
      const last = read.at(-1);
      if (last !== undefined) after = [last.scope, last.id];
      walked = read.length < slice;
      old = read.filter(({ instant }) => instant <= clock.now() - demandeMs);
    }
    const part = old.splice(0, rows);
    if (part.length > 0) removed.demandes += await inLane((tx) => removeDemandes(tx, part, clock, demandeMs));
    return old.length > 0 || !walked;
  };
}

/** By key, and only if it is still that old: the key may have been removed and given anew since it was read. */
async function removeDemandes(
  tx: RowTransaction,
  part: readonly DemandeInstant[],
  clock: Pick<Clock, 'now'>,
  ageMs: number,
): Promise<number> {
  const instant = { atMost: await cutoff(tx, clock, ageMs) };
  const byScope = new Map<string, string[]>();
  for (const { scope, id } of part) byScope.set(scope, [...(byScope.get(scope) ?? []), id]);
  let count = 0;
  for (const [scope, id] of byScope) count += await tx.delete('demande', { scope, id, instant });
  return count;
}

/** Members that left or died, by the time of their last touch: the database's clock wrote it. */
function goneNodes(clock: Pick<Clock, 'now'>, { nodeMs, rows }: HousekeepingLimits, removed: Removed): Chore {
  return async (inLane) => {
    const count = await inLane(async (tx) => {
      const seen = { atMost: await cutoff(tx, clock, nodeMs) };
      const gone = await tx.select('node', { state: ['left', 'dead'], seen }, rows);
      return gone.length === 0 ? 0 : tx.delete('node', { incarnation: gone.map(({ incarnation }) => incarnation!) });
    });
    removed.nodes += count;
    return count === rows;
  };
}

function oldElections({ elections, rows }: HousekeepingLimits, removed: Removed): Chore {
  return async (inLane) => {
    const count = await inLane(async (tx) => {
      const [lease] = await tx.select('lease', { name: 'leader' });
      const term = { atMost: Number(lease?.['term'] ?? 0) - elections };
      const old = await tx.select('election', { term }, rows);
      return old.length === 0 ? 0 : tx.delete('election', { term: old.map((row) => row['term']!) });
    });
    removed.elections += count;
    return count === rows;
  };
}
