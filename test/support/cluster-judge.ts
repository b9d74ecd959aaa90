import { expect } from 'vitest';
import { type Accuse, juger } from '../../bench/chaos/juge.js';
import { lire, type Lecture } from '../../bench/chaos/releve.js';
import { insist } from '../../bench/support/persistent-caller.js';
import { lireMembreId } from '../../src/modules/membres/membre-id.js';
import type { Reponse } from '../../src/modules/reunions/reponses.js';
import type { Demande } from '../../src/modules/reunions/seance.js';
import type { Outcome } from '../../src/runtime/aggregate/outcome.js';
import type { OutboxFact } from '../../src/runtime/outbox/storage.js';
import { type Call as Witnessed, History, linearizable } from '../guards/temoin.js';
import type { Asked, ClusterLoad } from './cluster-load.js';
import type { Hand } from './databases.js';
import type { RealCluster } from './real-cluster.js';

/** What a stopped load has written down. */
type Recorded = Pick<ClusterLoad, 'asked' | 'planned' | 'seances' | 'inFlight'>;

/** What a judgement looked at, to be shown: all of them zero would prove nothing. */
export interface Judged {
  readonly accepted: number;
  readonly refused: number;
  /** Settled by another try than the first. */
  readonly retried: number;
  /** Accepted answers that an earlier try, unanswered, had already brought about. */
  readonly replayed: number;
  readonly facts: number;
  /** Demandes whose last try was refused while an earlier, unanswered one of theirs took effect later: seen with frozen instances only. */
  readonly late: number;
}

/**
 * Confronts what the callers of a stopped load saw with the database. Every instance of the cluster must run.
 *
 * J1. Every fact gets published.
 * J2. The tables, read by code of their own, keep the promises (`bench/chaos/juge.ts`): places, ranks, one effect per demande, payments, every answer kept.
 * J3. Each accepted demande gets the same answer again, from another instance than the one that gave it.
 * J4. One order explains every answer, refusals included, and agrees with real time (`test/guards/temoin.ts`).
 * J5. A read on every instance shows the last version.
 * J6. A demande was refused and has an effect only when an abandoned try of it took effect after the refusal.
 */
export async function judged(cluster: RealCluster, load: Recorded): Promise<Judged> {
  expect(load.inFlight, 'stopped').toEqual([]);
  await published(cluster);
  const hand = await cluster.database.hand();
  const reading = await lire(cluster.database.url);
  try {
    const all: Judged[] = [];
    for (const seance of load.seances) all.push(await judgeOne(cluster, load, seance, hand, reading));
    return all.reduce((sum, one) => ({
      accepted: sum.accepted + one.accepted,
      refused: sum.refused + one.refused,
      retried: sum.retried + one.retried,
      replayed: sum.replayed + one.replayed,
      facts: sum.facts + one.facts,
      late: sum.late + one.late,
    }));
  } finally {
    await reading.fermer();
    await hand.close();
  }
}

/** J1. Waits until nothing waits for publication, by the word of every instance. */
export async function published(cluster: RealCluster, withinMs = 60_000): Promise<void> {
  let last: unknown[] = [];
  await cluster.until(
    async () => {
      last = await Promise.all(
        cluster.seats.map(({ url }) =>
          fetch(`${url}/api/v1/boite-envoi`, { signal: AbortSignal.timeout(2_000) })
            .then((answer) => answer.json() as Promise<{ nonPublies?: number }>)
            .then(({ nonPublies }) => nonPublies)
            .catch(String),
        ),
      );
      return last.every((facts) => facts === 0) || undefined;
    },
    withinMs,
    () => `facts still to be published: ${JSON.stringify(last)}\n${cluster.said()}`,
  );
}

async function judgeOne(cluster: RealCluster, load: Recorded, seance: string, hand: Hand, reading: Lecture): Promise<Judged> {
  const facts = await factsOf(hand, seance);
  const asked = load.asked.filter((one) => one.seance === seance);
  const late = new Set(asked.filter((one) => cameLate(one, facts)));
  const releve = await reading.releve(seance);
  const accuses = asked.filter((one) => !late.has(one)).map(accuse);
  const faults = juger(releve, accuses).filter(({ faute }) => faute !== undefined && faute > 0);
  expect(faults.map(({ quoi, faute }) => `${faute} ${quoi}`).join('; '), `J2 ${seance}`).toBe('');
  await replayedElsewhere(cluster, asked);
  for (const one of late) afterItsRefusal(one, asked, facts);
  const history = new History();
  history.calls.push(planned(load.planned.get(seance)!, facts[0]!, releve.reponses), ...asked.map(witnessed));
  for (const one of late) history.calls.push(abandoned(one));
  linearizable(history, seance, facts);
  await shownEverywhere(cluster, seance, facts.length);
  const accepted = asked.filter(isAccepted);
  return {
    accepted: accepted.length,
    refused: asked.length - accepted.length,
    retried: asked.filter(({ attempts }) => attempts.length > 1).length,
    replayed: accepted.filter(({ settled }) => settled!.replayed).length,
    facts: facts.length,
    late: late.size,
  };
}

/** J3. */
async function replayedElsewhere(cluster: RealCluster, asked: readonly Asked[]): Promise<void> {
  const todo = asked.filter(isAccepted);
  const wrong: unknown[] = [];
  const caller = async (): Promise<void> => {
    for (let one = todo.pop(); one !== undefined; one = todo.pop()) {
      const others = cluster.seats.filter(({ id }) => id !== one!.attempts.at(-1)!.seat);
      const { url } = others[todo.length % others.length]!;
      const again = await insist(url, one.call, AbortSignal.timeout(60_000));
      const same = again?.replayed === true && again.status === one.settled!.status;
      if (!same || JSON.stringify(again.body) !== JSON.stringify(one.settled!.body)) wrong.push({ one, again });
    }
  };
  await Promise.all(Array.from({ length: 8 }, caller));
  expect(wrong, 'J3 answered otherwise elsewhere').toEqual([]);
}

/** J5. */
async function shownEverywhere(cluster: RealCluster, seance: string, version: number): Promise<void> {
  for (const { url, id } of cluster.seats) {
    const shown = (await (await fetch(`${url}/api/v1/seances/${seance}`)).json()) as { version: number };
    expect(shown.version, `J5 on ${id}`).toBe(version);
  }
}

async function factsOf(hand: Hand, stream: string): Promise<OutboxFact[]> {
  const rows = await hand.type(`SELECT * FROM outbox WHERE stream = '${stream}' ORDER BY version`);
  return rows.map((row) => ({
    stream,
    kind: 'seance',
    version: Number(row['version']),
    type: String(row['type']),
    data: (typeof row['data'] === 'string' ? JSON.parse(row['data']) : row['data']) as Record<string, unknown>,
    demande: String(row['demande']),
    acteur: null,
    instant: Number(row['instant']),
    format: Number(row['format']),
    position: Number(row['position']),
  }));
}

function isAccepted({ settled }: Asked): boolean {
  return settled !== undefined && settled.status < 300;
}

function accuse({ call, membreId, geste, settled }: Asked): Accuse {
  return { cle: call.key, membreId, geste, statut: settled!.status, corps: settled!.body };
}

/** An abandoned try is a demande of its own: when nobody answered it, it may be executed after a later try was refused. */
function cameLate(one: Asked, facts: readonly OutboxFact[]): boolean {
  const unanswered = one.attempts.some(({ answer }) => answer === undefined || answer.body['etat'] === 'unknown');
  return !isAccepted(one) && unanswered && facts.some(({ demande }) => demande === one.call.key);
}

/** J6: nobody had heard of the effect, or of anything after it, when the try that was refused began. */
function afterItsRefusal({ call, attempts }: Asked, asked: readonly Asked[], facts: readonly OutboxFact[]): void {
  const { begun } = attempts.at(-1)!;
  const heard = asked.filter((other) => isAccepted(other) && other.attempts.at(-1)!.ended < begun);
  const { version } = facts.find(({ demande }) => demande === call.key)!;
  expect(version, `J6 ${call.key} was done, then refused`).toBeGreaterThan(
    Math.max(0, ...heard.map(({ settled }) => Number(settled!.body['version']))),
  );
}

/** A refusal left no trace, so it was decided during its last try; an acceptance may come from the first. */
function witnessed(one: Asked): Witnessed {
  const { call, seance, instant, attempts } = one;
  const { begun } = isAccepted(one) ? attempts[0]! : attempts.at(-1)!;
  const id = isAccepted(one) ? call.key : `${call.key} refused`;
  return { id, stream: seance, demande: demandeOf(one), instant, begun, ended: attempts.at(-1)!.ended, outcome: outcomeOf(one.settled!) };
}

/** The earlier tries of a demande that was refused in the end, and done all the same. */
function abandoned(one: Asked): Witnessed {
  const outcome = { is: 'unavailable', effect: 'unknown', retryAfterMs: 0 } as const;
  return { ...witnessed(one), id: one.call.key, begun: one.attempts[0]!.begun, ended: Infinity, outcome };
}

function demandeOf({ geste, membreId, siComplet }: Asked): Demande {
  const who = lireMembreId(membreId)!;
  return geste === 'inscrire' ? { type: geste, membreId: who, siComplet } : { type: geste, membreId: who };
}

function outcomeOf({ status, body, replayed }: NonNullable<Asked['settled']>): Outcome<Reponse> {
  if (status < 300) return { is: 'done', answer: body as unknown as Reponse, replayed };
  const { type: _type, title: _title, status: _status, detail: _detail, instance: _instance, code, ...data } = body;
  const refusal = String(code);
  return { is: 'refused', refusal: Object.keys(data).length === 0 ? { refusal } : { refusal, data } };
}

/** Its answer goes out in another dress; the stored one is the aggregate's own. */
function planned(key: string, fact: OutboxFact, reponses: ReadonlyMap<string, unknown>): Witnessed {
  const demande = { ...fact.data, type: 'planifier' } as unknown as Demande;
  const answer = reponses.get(key) as Reponse;
  const outcome = { is: 'done', answer, replayed: false } as const;
  return { id: key, stream: fact.stream, demande, instant: fact.instant, begun: -2, ended: -1, outcome };
}
