import type { ToyCluster, Asked } from './toy-cluster.js';
import { after, type Seats, SEATS, type SeatsFact } from './toy-seats.js';

/** What callers were told of one demande, call after call under the same id. */
interface Story {
  readonly calls: readonly Asked[];
  /** Version that its fact has in the storage, if it has one. */
  readonly version: number | undefined;
}

interface Witness {
  readonly id: string;
  readonly version: number;
  readonly wrote: boolean;
  readonly from: number;
  readonly until: number;
}

/** Judges a whole play. Throws what is wrong first: callers' answers against what is stored, stream by stream. */
export function judge(cluster: ToyCluster, calls: readonly Asked[]): void {
  for (const stream of new Set(calls.map((call) => call.stream))) {
    const mine = calls.filter((call) => call.stream === stream);
    const states = statesOf(cluster, stream);
    const versions = versionsOf(cluster, stream);
    const witnesses: Witness[] = [];
    for (const id of new Set(mine.map((call) => call.id)))
      witnesses.push(...witnessesOf(id, { calls: mine.filter((call) => call.id === id), version: versions.get(id) }, states));
    ordered(stream, witnesses);
  }
}

/** The state after each version. */
function statesOf(cluster: ToyCluster, stream: string): Seats[] {
  const states: Seats[] = [{ version: 0, taken: 0 }];
  const facts = cluster.database.rows.facts_.filter((fact) => fact.stream === stream);
  for (const [i, fact] of facts.entries()) {
    if (fact.version !== i + 1) throw new Error(`${stream}: fact ${i + 1} of the storage says version ${fact.version} (${fact.demande})`);
    states.push(after(states.at(-1)!, fact.type as SeatsFact['type']));
    if (states.at(-1)!.taken > SEATS) throw new Error(`${stream}: a seat too many at version ${fact.version}`);
  }
  return states;
}

function versionsOf(cluster: ToyCluster, stream: string): Map<string, number> {
  const versions = new Map<string, number>();
  for (const { stream: of, demande, version } of cluster.database.rows.facts_) {
    if (of !== stream) continue;
    if (versions.has(demande))
      throw new Error(`${demande} was executed twice on ${stream}: versions ${versions.get(demande)} and ${version}`);
    versions.set(demande, version);
  }
  return versions;
}

/** The moments in which the answers of one demande must have been true. */
function witnessesOf(id: string, { calls, version }: Story, states: readonly Seats[]): Witness[] {
  const found: Witness[] = [];
  let open = false;
  let began = Infinity;
  for (const call of calls) {
    began = Math.min(began, call.from);
    const { outcome, until = Infinity } = call;
    if (outcome?.is === 'done') {
      const answer = outcome.answer as Seats;
      if (call.minted && outcome.replayed) throw new Error(`${id}: a first answer that says it is a second one`);
      if (version !== answer.version) throw new Error(`${id}: told version ${answer.version}, stored ${version}`);
      if (JSON.stringify(answer) !== JSON.stringify(states[version]))
        throw new Error(`${id}: told ${JSON.stringify(answer)}, stored otherwise`);
      found.push({ id, version, wrote: true, from: began, until });
    } else if (outcome?.is === 'refused') {
      const { version: at } = outcome.refusal.data as { version: number };
      const refuses = call.type === 'take' ? states[at]?.taken === SEATS : states[at]?.taken === 0;
      if (!refuses) throw new Error(`${id}: refused at version ${at}, where there was no reason to`);
      found.push({ id, version: at, wrote: false, from: call.from, until });
    } else if (outcome === undefined || (outcome.is === 'unavailable' && outcome.effect === 'unknown')) open = true;
  }
  const proved = !open && !calls.some(({ outcome }) => outcome?.is === 'done');
  if (proved && version !== undefined) throw new Error(`${id}: every caller was told that nothing happened, and version ${version} is its`);
  return found.filter(({ wrote }, i) => !wrote || found.findIndex((one) => one.wrote) === i);
}

/** The version witness: what ended before something else began rests on no later version (Herlihy and Wing, without a search). */
function ordered(stream: string, witnesses: readonly Witness[]): void {
  const ends = witnesses.toSorted((a, b) => a.until - b.until);
  let next = 0;
  let highest: Witness | undefined;
  for (const one of witnesses.toSorted((a, b) => a.from - b.from)) {
    for (; next < ends.length && ends[next]!.until < one.from; next++)
      if (highest === undefined || ends[next]!.version > highest.version) highest = ends[next];
    if (highest === undefined || highest.id === one.id) continue;
    const late = one.wrote ? one.version <= highest.version : one.version < highest.version;
    if (late)
      throw new Error(`${stream}: ${one.id} rests on version ${one.version} although ${highest.id} had ended at ${highest.version}`);
  }
}
