/**
 * Three guards keep a séance from one person too many. Each is taken out by a mutant, in all eight combinations, on both engines;
 * the table that results is the one of docs/gardes.md.
 */
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/runtime/aggregate/outcome.js';
import { type ConstraintViolated, GroupRefused, type Storage } from '../../src/runtime/outbox/storage.js';
import { lireMembreId } from '../../src/modules/membres/membre-id.js';
import { engines, newDatabase, type Engine } from '../support/databases.js';
import { intercept } from './intercept.js';
import { clubTables, members, Owner, planifier } from './owner.js';
import { storageOn, unguarded, withoutMailbox } from './mutants.js';

interface Guards {
  readonly boite: boolean;
  readonly barriere: boolean;
  readonly base: boolean;
}

const PLACES = 3;
const CROWD = 12;
const BOTH = [true, false];
const combinations = BOTH.flatMap((boite) => BOTH.flatMap((barriere) => BOTH.map((base): Guards => ({ boite, barriere, base }))));

/** One guard that should hold is enough: a mailbox with its only owner, the other two whoever writes. */
const holds = ({ boite, barriere, base }: Guards, owners: number): boolean => barriere || base || (boite && owners === 1);

interface Rush {
  /** Seats that the database shows as taken. */
  readonly seats: number;
  /** Callers who were told that they have one. */
  readonly told: number;
  readonly outcomes: readonly Outcome[];
  /** What refused the groups that were refused, by name. */
  readonly constraints: readonly string[];
}

/** A crowd asks `owners` owners at once for the three seats of one séance; every owner knows the séance as it was before. */
async function rush(engine: Engine, guards: Guards, owners: number): Promise<Rush> {
  const database = await newDatabase(engine);
  if (!guards.base) await unguarded(database);
  const storages: Storage[] = [];
  const constraints: string[] = [];
  const open = async (): Promise<Storage> => {
    const storage = storageOn(database, { fence: guards.barriere });
    storages.push(storage);
    await storage.open(clubTables);
    const overheard = (error: unknown): never => {
      if (error instanceof GroupRefused) constraints.push((error.cause as ConstraintViolated).constraint);
      throw error;
    };
    return intercept(storage, { commit: (group) => storage.commit(group).catch(overheard) });
  };
  try {
    const storage = await open();
    const crowd = await members(storage, CROWD);
    await Owner.unopened(storage).ask('sea_1', planifier('sea_1', PLACES));
    const all = [storage, ...(await Promise.all(Array.from({ length: owners - 1 }, open)))].map((one) =>
      guards.boite ? Owner.unopened(one) : withoutMailbox(one, CROWD / owners),
    );
    // Warm: everybody holds the séance as it stands. `rouvrirInscriptions` on an open one changes nothing.
    if (guards.boite) for (const owner of all) await owner.ask('sea_1', { type: 'rouvrirInscriptions' });
    // The first one goes on alone for twenty facts, so that what the other writes next collides with no key: only a count can see it.
    if (guards.boite && owners > 1)
      for (let i = 0; i < 10; i++)
        for (const type of ['fermerInscriptions', 'rouvrirInscriptions'] as const) await all[0]!.ask('sea_1', { type });
    const outcomes = await Promise.all(
      crowd.map((id, i) => all[i % owners]!.ask('sea_1', { type: 'inscrire', membreId: lireMembreId(id)!, siComplet: 'refuser' })),
    );
    const hand = await database.hand();
    const [row] = await hand.type(`SELECT COUNT(*) AS n FROM inscription WHERE statut = 'inscrite'`);
    return { seats: Number(row!['n']), told: outcomes.filter(({ is }) => is === 'done').length, outcomes, constraints };
  } finally {
    for (const storage of storages) await storage.close();
    await database.drop();
  }
}

const rows = new Map<Guards, string[]>(combinations.map((guards) => [guards, []]));
const sign = (on: boolean): string => (on ? 'oui' : '–');
const printed = (): string =>
  [
    '| boîte | barrière | base | un propriétaire | deux propriétaires |',
    '|---|---|---|---|---|',
    ...[...rows].map(([{ boite, barriere, base }, cells]) => `| ${[sign(boite), sign(barriere), sign(base), ...cells].join(' | ')} |`),
  ].join('\n');

describe('the three guards of a séance, each taken out in turn', () => {
  describe.each(combinations)('mailbox $boite, fence $barriere, database $base', (guards) => {
    it.each([1, 2])('%i owner(s), on both engines', async (owners) => {
      const verdicts = new Set<string>();
      for (const engine of engines) {
        const { seats, told, outcomes, constraints } = await rush(engine, guards, owners);
        const over = Math.max(seats, told) > PLACES;
        verdicts.add(over ? '**surréservée**' : 'tient');
        expect(over, `${engine}: ${seats} seats, ${told} told, ${JSON.stringify(outcomes.map((one) => one.is))}`).toBe(
          !holds(guards, owners),
        );
        if (holds(guards, owners)) expect(told, `${engine}: whoever was told has a seat`).toBe(seats);
        // A lone owner serves its crowd: a seat or a clear no. Of two with a stale copy, the count of the database itself said no.
        if (guards.boite && owners === 1)
          expect(new Set(outcomes.map((one) => (one.is === 'refused' ? one.refusal.refusal : one.is)))).toEqual(
            new Set(['done', 'seance_complete']),
          );
        if (guards.boite && owners === 2 && !guards.barriere && guards.base) expect(constraints).toContain('seance_complete');
      }
      rows.get(guards)!.push([...verdicts].join(' / '));
    });
  });

  afterAll(() => console.log(printed()));

  it('this is the table of docs/gardes.md', () => {
    const page = readFileSync(new URL('../../docs/gardes.md', import.meta.url), 'utf8');
    expect(page).toContain(printed());
  });
});
