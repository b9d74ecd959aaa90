/**
 * The whole machine against the pure rules: several callers, a séance that crashes, commits that fail before, after or for a moment.
 * Whatever happens, one order of versions explains every answer (see `temoin.ts`).
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStorage } from '../../src/database/open-storage.js';
import { lireMembreId } from '../../src/modules/membres/membre-id.js';
import type { Demande } from '../../src/modules/reunions/seance.js';
import { CommitUnknown, Contended, type Storage, StorageUnavailable } from '../../src/runtime/outbox/storage.js';
import { newDatabase, type TestDatabase } from '../support/databases.js';
import { intercept } from './intercept.js';
import { members, Owner, planifier } from './owner.js';
import { History, linearizable, soundInDatabase } from './temoin.js';
import { runs } from '../support/runs.js';

/** What becomes of one commit. */
const fates = ['written', 'contended', 'unavailable', 'lost unwritten', 'lost written'] as const;
type Fate = (typeof fates)[number];

type Step = { readonly crash: true } | { readonly demande: (members: readonly string[]) => Demande };

const who = fc.integer({ min: 0, max: 6 });
const about = (make: (membreId: never) => Demande) => who.map((n): Step => ({ demande: (ids) => make(lireMembreId(ids[n]!) as never) }));
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: about((membreId) => ({ type: 'inscrire', membreId, siComplet: 'attendre' })) },
  { weight: 2, arbitrary: about((membreId) => ({ type: 'inscrire', membreId, siComplet: 'refuser' })) },
  { weight: 6, arbitrary: about((membreId) => ({ type: 'desister', membreId })) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 4 }).map((places): Step => ({ demande: () => ({ type: 'modifierPlaces', places }) })) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom('fermerInscriptions' as const, 'rouvrirInscriptions' as const)
      .map((type): Step => ({ demande: () => ({ type }) })),
  },
  { weight: 2, arbitrary: fc.constant<Step>({ crash: true }) },
);
const story = fc.record({
  places: fc.integer({ min: 1, max: 3 }),
  callers: fc.array(fc.array(step, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 5 }),
  fates: fc.array(fc.oneof({ weight: 4, arbitrary: fc.constant<Fate>('written') }, { weight: 3, arbitrary: fc.constantFrom(...fates) }), {
    maxLength: 20,
  }),
});

describe('the machine, whatever befalls it,', () => {
  let database: TestDatabase;
  let ids: string[];
  let owner: Owner;
  let coming: Fate[] = [];
  const met = new Map<string, number>();
  let stories = 0;

  /** Commits meet their fate in turn; without one they are written. */
  const fateful = (storage: Storage): Storage =>
    intercept(storage, {
      async commit(group) {
        const fate = coming.shift() ?? 'written';
        met.set(fate, (met.get(fate) ?? 0) + 1);
        if (fate === 'contended') throw new Contended('busy');
        if (fate === 'unavailable') throw new StorageUnavailable('down');
        if (fate !== 'lost unwritten') await storage.commit(group);
        if (fate.startsWith('lost')) throw new CommitUnknown('lost');
      },
    });

  beforeAll(async () => {
    database = await newDatabase('sqlite');
    owner = await Owner.on(database, { storage: fateful(openStorage(database.url)), crashes: 1_000_000 });
    ids = await members(owner.machine.storage, 7);
  });
  afterAll(async () => {
    await owner.stop();
    await database.drop();
  });

  async function play(
    { places, callers, fates: planned }: { places: number; callers: readonly (readonly Step[])[]; fates: readonly Fate[] },
    forged?: (history: History) => void,
  ): Promise<void> {
    const stream = `sea_${++stories}`;
    const history = new History();
    coming = [];
    const ask = (id: string, demande: Demande) =>
      history.call(id, stream, demande, (instant) => owner.ask(stream, demande, { id, instant }));
    await ask(`${stream}-plan`, planifier(stream, places));
    coming = [...planned];
    await Promise.all(
      callers.map(async (steps, caller) => {
        for (const [n, one] of steps.entries()) {
          if ('crash' in one) met.set('crash', (met.get('crash') ?? 0) + Number(owner.registry.crash(stream)));
          else await ask(`${stream}-${caller}-${n}`, one.demande(ids));
        }
      }),
    );
    coming = [];
    const facts = await owner.machine.storage.facts(stream, 0, 10_000);
    forged?.(history);
    linearizable(history, stream, facts);
    await soundInDatabase(await database.hand(), stream, facts);
  }

  it('answers as the pure rules do, in one order, and nobody is left without an answer', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(story, (one) => play(one)),
      { numRuns: runs(60), endOnFailure: true },
    );
    for (const what of [...fates, 'crash']) expect(met.get(what) ?? 0, `${what} did happen`).toBeGreaterThan(0);
  });

  const two = [0, 1].map((n): Step => ({ demande: () => ({ type: 'inscrire', membreId: lireMembreId(ids[n]!)!, siComplet: 'attendre' }) }));
  it.each<[string, (history: History) => void]>([
    [
      'an answer that another version gives',
      (history) => void ((history.calls[2]!.outcome as { answer: { position: number } }).answer.position = 2),
    ],
    ['an accepted demande without its fact', (history) => void (history.calls[2] = { ...history.calls[2]!, id: 'other' })],
    [
      'a refusal of what could not be refused',
      (history) =>
        void history.calls.push({
          ...history.calls[2]!,
          id: 'x',
          begun: 90,
          ended: 91,
          outcome: { is: 'refused', refusal: { refusal: 'pas_inscrit' } },
        }),
    ],
    [
      'a proof of nothing done about what was',
      (history) => void (history.calls[1]!.outcome = { is: 'unavailable', effect: 'not_executed', retryAfterMs: 1 }),
    ],
    [
      'an answer from before one already given',
      (history) => void history.calls.push({ ...history.calls[1]!, id: history.calls[1]!.id, begun: 92, ended: 93 }),
    ],
  ])('mutant: the witness sees %s', async (_, forged) => {
    await expect(play({ places: 1, callers: [two], fates: [] }, forged)).rejects.toThrow(/W[1-5]/);
  });
});
