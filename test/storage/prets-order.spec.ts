import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { creerOuvrage } from '../../src/modules/prets/ouvrage.js';
import { NetChanges } from '../../src/runtime/outbox/net-changes.js';
import type { Cell, RowChange } from '../../src/runtime/outbox/rows.js';
import type { HeadWrite } from '../../src/runtime/outbox/storage.js';
import { engines } from '../support/databases.js';
import { derouler, type Ecrit, histoire, type Histoire } from '../support/histoires-de-pret.js';
import { runs } from '../support/runs.js';
import { clubTables, group, openClub, type Club } from './club.js';

const schemas = new Map(clubTables.map((schema) => [schema.name, schema]));
const ID = /^(ouv|exe|pre|mem)_/;

/** What each demande of a legal history wrote, in order. */
function demandes(une: Histoire): Ecrit[][] {
  const ecrits: Ecrit[][] = [];
  for (const ecrit of derouler((regles) => creerOuvrage({ regles: () => regles }), une).ecrits) {
    const last = ecrits.at(-1);
    if (last?.[0]!.place.demande === ecrit.place.demande) last.push(ecrit);
    else ecrits.push([ecrit]);
  }
  return ecrits;
}

describe.each(engines)('The write order of loans on %s', (engine) => {
  let club: Club;
  let stories = 0;
  beforeAll(async () => {
    club = await openClub(engine);
  });
  afterAll(() => club.end());

  it('lets every legal history pass, cut into groups anywhere, and counts what is alive', async () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(histoire, cuts, async (une, sizes) => {
        const story = `s${(stories += 1)}`;
        const own = (cell: Cell): Cell => (typeof cell === 'string' && ID.test(cell) ? `${story}-${cell}` : cell);
        const mine = (row: Readonly<Record<string, Cell>>) =>
          Object.fromEntries(Object.entries(row).map(([key, cell]) => [key, own(cell)]));
        const aggregate = creerOuvrage({ regles: () => une.regles });
        const { pretsMax, reservationsMax } = une.regles.reglement;
        await club.hand.type(`UPDATE reglement SET prets_max = ${pretsMax}, reservations_max = ${reservationsMax}`);
        const all = demandes(une);
        const members = new Set(all.flat().flatMap(({ fait }) => ('membreId' in fait ? [String(own(fait.membreId))] : [])));
        await club.storage.transact((tx) =>
          tx.insert(
            'membre',
            [...members].map((id) => ({ id, cree_le: 1, version: 1 })),
          ),
        );
        const heads = new Map<string, number>();
        for (let done = 0, cut = 0; done < all.length; cut += 1) {
          const part = all.slice(done, done + (sizes[cut % sizes.length] ?? 1)).flat();
          const net = new NetChanges(schemas);
          const moved = new Map<string, HeadWrite>();
          for (const { fait, place } of part) {
            const stream = String(own(place.stream));
            for (const change of aggregate.rows(fait, place)) {
              const values = 'values' in change ? { values: mine(change.values) } : {};
              net.add({ ...change, key: mine(change.key), ...values } as RowChange);
            }
            moved.set(stream, [stream, 'k', heads.get(stream) ?? 0, place.version, place.instant]);
          }
          const ordered = [...moved.values()].toSorted(([a], [b]) => (a < b ? -1 : 1));
          await club.storage.commit({ ...group({ heads: ordered }), tables: net.build() });
          for (const [stream, , , next] of ordered) heads.set(stream, next);
          done += sizes[cut % sizes.length] ?? 1;
        }
        const counted = await club.hand.type(
          `SELECT sum(prets) AS prets, sum(reservations) AS holds FROM membre WHERE id LIKE '${story}-%'`,
        );
        const alive = await club.hand.type(
          `SELECT (SELECT count(*) FROM pret WHERE id LIKE '${story}-%' AND statut = 'en_cours') AS prets,
             (SELECT count(*) FROM reservation WHERE ouvrage_id LIKE '${story}-%' AND statut IN ('en_attente', 'mise_de_cote')) AS holds`,
        );
        const numbers = (row: Record<string, unknown> | undefined) => [Number(row?.['prets'] ?? 0), Number(row?.['holds'] ?? 0)];
        expect(numbers(counted[0])).toEqual(numbers(alive[0]));
      }),
      { numRuns: runs(60) },
    );
  });
});
