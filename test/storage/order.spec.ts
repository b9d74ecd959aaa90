import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Demande, Fait } from '../../src/modules/reunions/seance.js';
import { creerSeance } from '../../src/modules/reunions/seance.js';
import { isRefusal } from '../../src/runtime/aggregate/aggregate.js';
import { NetChanges } from '../../src/runtime/outbox/net-changes.js';
import type { RowChange } from '../../src/runtime/outbox/rows.js';
import { engines } from '../support/databases.js';
import { DEPART, histoire, type Pas } from '../support/histoires-de-seance.js';
import { clubTables, group, head, openClub, type Club } from './club.js';
import { runs } from '../support/runs.js';

const aggregate = creerSeance({ tardifHeures: 24, gelHeures: 2, delaiOffreHeures: 24 });
const schemas = new Map(clubTables.map((schema) => [schema.name, schema]));

/** The rows of every fact of a legal history, in order. */
function rowsOf(stream: string, pas: readonly Pas[]): (readonly RowChange[])[] {
  let state = aggregate.initial();
  let instant = DEPART;
  const rows: (readonly RowChange[])[] = [];
  for (const [delai, asked] of pas) {
    instant += delai;
    const demande: Demande = 'motifId' in asked ? { ...asked, motifId: `${stream}-${rows.length}` } : asked;
    const decision: readonly Fait[] | object = aggregate.decide(state, demande, instant);
    if (isRefusal(decision)) continue;
    for (const fait of decision as readonly Fait[]) {
      state = aggregate.evolve(state, fait);
      rows.push(aggregate.rows(fait, { stream, version: rows.length + 1, instant, demande }));
    }
  }
  return rows;
}

describe.each(engines)('The write order on %s', (engine) => {
  let club: Club;
  let stories = 0;
  beforeAll(async () => {
    club = await openClub(engine);
    const members = ['ana', 'bo', 'cy', 'di', 'eve', 'flo'].map((nom) => ({ id: `mem_${nom}`, cree_le: 1, version: 1 }));
    await club.storage.transact((tx) => tx.insert('membre', members));
  });
  afterAll(() => club.end());

  it('lets every legal history pass, cut into groups anywhere, and ends on the same rows', async () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(histoire, cuts, async (pas, sizes) => {
        const stream = `story-${(stories += 1)}`;
        const rows = rowsOf(stream, pas);
        for (let done = 0, cut = 0; done < rows.length; cut += 1) {
          const next = Math.min(rows.length, done + (sizes[cut % sizes.length] ?? 1));
          const net = new NetChanges(schemas);
          for (const changes of rows.slice(done, next)) for (const change of changes) net.add(change);
          await club.storage.commit({ ...group({ heads: [head(stream, done, next)] }), tables: net.build() });
          done = next;
        }
        const whole = new NetChanges(schemas);
        for (const changes of rows) for (const change of changes) whole.add(change);
        const expected = (whole.build().get('inscription')?.inserts ?? []).map(
          ([, entree, membre, statut]) => `${entree} ${membre} ${statut}`,
        );
        const stored = await club.hand.type(
          `SELECT entree, membre_id, statut FROM inscription WHERE seance_id = '${stream}' ORDER BY entree`,
        );
        expect(stored.map((row) => `${String(row['entree'])} ${String(row['membre_id'])} ${String(row['statut'])}`)).toEqual(expected);
      }),
      { numRuns: runs(300) },
    );
  });
});
