import { expect } from 'vitest';
import type { Reponse } from '../../src/modules/reunions/reponses.js';
import type { Demande, Fait, Seance } from '../../src/modules/reunions/seance.js';
import { isRefusal } from '../../src/runtime/aggregate/aggregate.js';
import type { Outcome } from '../../src/runtime/aggregate/outcome.js';
import type { OutboxFact } from '../../src/runtime/outbox/storage.js';
import type { Hand } from '../support/databases.js';
import { seance } from './owner.js';

/** One call, as its caller saw it. `begun` and `ended` are places in one common order of events. */
export interface Call {
  readonly id: string;
  readonly stream: string;
  readonly demande: Demande;
  readonly instant: number;
  readonly begun: number;
  ended: number;
  outcome: Outcome<Reponse> | undefined;
}

/** Writes down calls, with the order in which they began and ended. */
export class History {
  readonly calls: Call[] = [];
  private events = 0;

  async call(id: string, stream: string, demande: Demande, ask: (instant: number) => Promise<Outcome<Reponse>>): Promise<Outcome<Reponse>> {
    const call: Call = { id, stream, demande, instant: Date.now(), begun: this.events++, ended: Infinity, outcome: undefined };
    this.calls.push(call);
    call.outcome = await ask(call.instant);
    call.ended = this.events++;
    return call.outcome;
  }
}

/**
 * The version witness: every answer says after which version it was given, so one order explains all of them or none does.
 *
 * W1. Each fact on record was caused by a call, and is what the pure rules decide there, on the state that the facts before it leave.
 * W2. Each accepted call has its facts on record, once, and was answered what the rules answer right after them.
 * W3. Each refusal, and each answer without facts, is right at some version that was the latest one during the call.
 * W4. What had been answered before a call began is older than its own version (real time).
 * W5. A call that was told `not_executed`, or refused, has no fact on record.
 */
export function linearizable(history: History, stream: string, facts: readonly OutboxFact[]): void {
  const calls = history.calls.filter((call) => call.stream === stream);
  const states = statesOf(facts);
  const byDemande = new Map<string, OutboxFact[]>();
  for (const fact of facts) byDemande.set(fact.demande, [...(byDemande.get(fact.demande) ?? []), fact]);
  const known = new Set(calls.map((call) => call.id));
  for (const id of byDemande.keys()) expect(known, 'W1').toContain(id);
  const placed = new Map<Call, number>();
  for (const call of calls) {
    const own = byDemande.get(call.id) ?? [];
    if (own.length > 0) placed.set(call, decidedThere(call, own, states));
    else if (call.outcome?.is === 'done') placed.set(call, answeredThere(call, states));
    else expect(['refused', 'stale', 'missing', 'unavailable', 'failed', 'overloaded', 'quarantined'], 'W5').toContain(call.outcome?.is);
  }
  inRealTime(calls, placed, states);
}

function decidedThere(call: Call, own: readonly OutboxFact[], states: readonly unknown[]): number {
  const { outcome, id } = call;
  if (outcome?.is === 'unavailable') expect(outcome.effect, `W5 ${id}`).toBe('unknown');
  else expect(outcome?.is, `W5 ${id} has facts`).toBe('done');
  const from = own[0]!.version - 1;
  expect(
    own.map((fact) => fact.version),
    'W2',
  ).toEqual(own.map((_, i) => from + 1 + i));
  const { state, faits } = decide(states[from], call.demande, own[0]!.instant);
  expect(JSON.parse(JSON.stringify(faits)), `W1 ${id} at version ${from}`).toEqual(own.map(({ type, data }) => ({ type, ...data })));
  if (outcome?.is === 'done') expect(outcome.answer, `W2 ${id}`).toEqual(seance.answer(state, faits as readonly Fait[], call.demande));
  return own.at(-1)!.version;
}

function answeredThere(call: Call, states: readonly unknown[]): number {
  const { version } = (call.outcome as { answer: Reponse }).answer;
  const { state, faits } = decide(states[version], call.demande, call.instant);
  expect(faits, `W3 ${call.id} at version ${version}`).toEqual([]);
  expect((call.outcome as { answer: Reponse }).answer, `W3 ${call.id}`).toEqual(seance.answer(state, [], call.demande));
  return version;
}

function inRealTime(calls: readonly Call[], placed: ReadonlyMap<Call, number>, states: readonly unknown[]): void {
  const answered = [...placed].filter(([call]) => call.outcome?.is === 'done');
  for (const call of calls) {
    const floor = Math.max(0, ...answered.filter(([other]) => other.ended < call.begun).map(([, version]) => version));
    const version = placed.get(call);
    if (version !== undefined) expect(version, `W4 ${call.id}`).toBeGreaterThanOrEqual(floor);
    if (call.outcome?.is !== 'refused') continue;
    // A later call's own version is an upper bound: what it saw came after this refusal was told.
    const ceiling = Math.min(states.length - 1, ...[...placed].filter(([other]) => other.begun > call.ended).map(([, after]) => after));
    const { refusal } = call.outcome;
    const right = Array.from({ length: ceiling - floor + 1 }, (_, i) => floor + i).some((at) => {
      const { refused } = decide(states[at], call.demande, call.instant);
      return JSON.stringify(refused) === JSON.stringify(refusal);
    });
    expect(right, `W3 ${call.id} ${call.demande.type} was refused ${refusal.refusal} between versions ${floor} and ${ceiling}`).toBe(true);
  }
}

function statesOf(facts: readonly OutboxFact[]): unknown[] {
  let state: Seance = seance.initial();
  const encoded = [copy(state)];
  for (const [i, { type, data, version }] of facts.entries()) {
    expect(version, 'versions are dense').toBe(i + 1);
    state = seance.evolve(state, { type, ...data } as unknown as Fait);
    encoded.push(copy(state));
  }
  return encoded;
}

const copy = (state: Seance): unknown => JSON.parse(JSON.stringify(seance.snapshot!.encode(state))) as unknown;

function decide(
  encoded: unknown,
  demande: Demande,
  instant: number,
): { state: Seance; faits: readonly Fait[] | undefined; refused: unknown } {
  let state = seance.snapshot!.decode(encoded);
  const decision = seance.decide(state, demande, instant);
  if (isRefusal(decision)) return { state, faits: undefined, refused: decision };
  for (const fait of decision) state = seance.evolve(state, fait);
  return { state, faits: decision, refused: undefined };
}

/** S1 to S6 of one séance to come, from the rows alone, and the rows against the facts. */
export async function soundInDatabase(hand: Hand, stream: string, facts: readonly OutboxFact[]): Promise<void> {
  const [row] = await hand.type(`SELECT * FROM seance WHERE id = '${stream}'`);
  const [head] = await hand.type(`SELECT version FROM stream WHERE id = '${stream}'`);
  const entries = await hand.type(`SELECT * FROM inscription WHERE seance_id = '${stream}' ORDER BY entree`);
  const state = facts.reduce<Seance>(
    (before, { type, data }) => seance.evolve(before, { type, ...data } as unknown as Fait),
    seance.initial(),
  )!;
  const live = entries.filter(({ statut }) => statut === 'inscrite' || statut === 'en_attente');
  const seats = live.filter(({ statut }) => statut === 'inscrite');
  const waiting = live.filter(({ statut }) => statut === 'en_attente').toSorted((a, b) => Number(a['rang']) - Number(b['rang']));
  const places = Number(row!['places']);
  expect(seats.length, 'S1').toBeLessThanOrEqual(places);
  expect(new Set(live.map((one) => one['membre_id'])).size, 'S2').toBe(live.length);
  if (seats.length < places) expect(waiting, 'S3').toEqual([]);
  const ranks = facts.flatMap(({ data }) => data['rang'] ?? []);
  expect(ranks, 'S4').toEqual(ranks.map((_, i) => i + 1));
  expect(Number(row!['debut_ms']), 'S5').toBeLessThan(Number(row!['fin_ms']));
  expect([Number(row!['version']), Number(head!['version'])], 'one version').toEqual([facts.length, facts.length]);
  expect([Number(row!['prises']), Number(row!['en_attente'])], 'the database counts right').toEqual([seats.length, waiting.length]);
  expect(new Map(seats.map((one) => [one['membre_id'], Number(one['entree'])])), 'seats').toEqual(state.inscrits);
  const { enAttente } = seance.snapshot!.encode(state) as { enAttente: { membreId: string }[] };
  expect(
    waiting.map((one) => one['membre_id']),
    'waiting list',
  ).toEqual(enAttente.map((one) => one.membreId));
}
