/** Two who write about one reader, or one copy, at the same time: the second one waits for the first, and is told what the first made true. */
import { describe, expect, it } from 'vitest';
import { engines, newDatabase, type Engine, type Hand } from '../support/databases.js';
import { until } from './club.js';
import { pret, rayon, refus, reservation, sans } from './prets-a-la-main.js';

interface Course {
  readonly quoi: string;
  readonly garde: string;
  /** What is there before. */
  readonly avant: readonly string[];
  readonly premier: string;
  readonly second: string;
}

const quatre = [1, 2, 3, 4].map((i) => pret(`p${i}`, `e${i}`, 'm1'));
const courses: readonly Course[] = [
  {
    quoi: 'the fifth loan, twice',
    garde: 'limite_prets_atteinte',
    avant: quatre,
    premier: pret('a', 'e10', 'm1'),
    second: pret('b', 'e11', 'm1'),
  },
  {
    quoi: 'the third hold, twice',
    garde: 'limite_reservations_atteinte',
    avant: [reservation(1, 'm1', { ouvrage: 'a' }), reservation(1, 'm1', { ouvrage: 'b' })],
    premier: reservation(1, 'm1', { ouvrage: 'c' }),
    second: reservation(1, 'm1', { ouvrage: 'd' }),
  },
  { quoi: 'one copy, two readers', garde: 'pret_vivant', avant: [], premier: pret('a', 'e1', 'm1'), second: pret('b', 'e1', 'm2') },
  {
    quoi: 'one title, two holds of one reader',
    garde: 'reservation_vivante',
    avant: [],
    premier: reservation(1, 'm1'),
    second: reservation(2, 'm1'),
  },
  {
    quoi: 'one copy set aside for two readers',
    garde: 'reservation_exemplaire',
    avant: [reservation(1, 'm1'), reservation(2, 'm2')],
    premier: `UPDATE reservation SET statut = 'mise_de_cote', exemplaire_id = 'e1' WHERE rang = 1`,
    second: `UPDATE reservation SET statut = 'mise_de_cote', exemplaire_id = 'e1' WHERE rang = 2`,
  },
  {
    quoi: 'a loan, and its reader erased',
    garde: 'prets_en_cours',
    avant: [],
    premier: pret('a', 'e1', 'm1'),
    second: `UPDATE membre SET efface_le = 1 WHERE id = 'm1'`,
  },
  {
    quoi: 'a reader erased, and a loan to them',
    garde: 'membre_inconnu',
    avant: [],
    premier: `UPDATE membre SET efface_le = 1 WHERE id = 'm1'`,
    second: pret('a', 'e1', 'm1'),
  },
  {
    quoi: 'a reader erased, and their hold',
    garde: 'membre_inconnu',
    avant: [],
    premier: `UPDATE membre SET efface_le = 1 WHERE id = 'm1'`,
    second: reservation(1, 'm1'),
  },
  {
    quoi: 'a third reminder, and one loan more',
    garde: 'membre_suspendu',
    avant: [pret('p', 'e1', 'm1', { relance: 2, ouvertLe: 500 })],
    premier: `UPDATE pret SET relance = 3 WHERE id = 'p'`,
    second: pret('a', 'e2', 'm1'),
  },
  {
    quoi: 'a suspension, and one loan more',
    garde: 'membre_suspendu',
    avant: [],
    premier: `UPDATE membre SET suspendu_jusqua = 5000 WHERE id = 'm1'`,
    second: pret('a', 'e2', 'm1'),
  },
  {
    quoi: 'a suspension, and a loan made longer',
    garde: 'membre_suspendu',
    avant: [pret('p', 'e1', 'm1')],
    premier: `UPDATE membre SET suspendu_jusqua = 5000 WHERE id = 'm1'`,
    second: `UPDATE pret SET echeance = 3000 WHERE id = 'p'`,
  },
];

interface Deux {
  readonly premier: Hand;
  readonly second: Hand;
  end(): Promise<void>;
}

async function deux(engine: Engine, prepare: (hand: Hand) => Promise<unknown>): Promise<Deux & { attendUnVerrou(): Promise<void> }> {
  const db = await newDatabase(engine);
  const [premier, second, temoin] = [await db.hand(), await db.hand(), await db.hand()];
  await rayon(premier);
  await prepare(premier);
  // As much patience as a busy machine may need; on PostgreSQL the server waits by itself.
  if (engine === 'sqlite') await second.type('PRAGMA busy_timeout = 15000');
  const attend = async (): Promise<boolean> =>
    (await temoin.type(`SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`)).length > 0;
  // SQLite has no list of those who wait: its second writer is let in after the first one's end, whenever it asked.
  const attendUnVerrou = (): Promise<void> => (engine === 'sqlite' ? Promise.resolve() : until(attend));
  return { premier, second, attendUnVerrou, end: () => db.drop() };
}

/** How the second one was refused when the first one committed while it waited. */
async function courir(engine: Engine, { avant, premier, second }: Course, garde?: string): Promise<string | undefined> {
  const deuxMains = await deux(engine, async (hand) => {
    for (const sql of avant) await hand.type(sql);
    if (garde !== undefined) for (const sql of await sans(engine, hand, garde)) await hand.type(sql);
  });
  try {
    await deuxMains.premier.type(engine === 'sqlite' ? 'BEGIN IMMEDIATE' : 'BEGIN');
    await deuxMains.premier.type(premier);
    const answer = refus(deuxMains.second.type(second));
    if (garde === undefined) await deuxMains.attendUnVerrou();
    await deuxMains.premier.type('COMMIT');
    return await answer;
  } finally {
    await deuxMains.end();
  }
}

describe.each(engines)('Two at once, on %s,', (engine) => {
  it.each(courses)('$quoi: the second is refused ($garde); without that guard both pass', async (course) => {
    expect(await courir(engine, course)).toBe(course.garde);
    expect(await courir(engine, course, course.garde)).toBeUndefined();
  });

  it('two groups that meet the same readers in opposite orders never wait for each other', async () => {
    const { premier, second, attendUnVerrou, end } = await deux(engine, async () => undefined);
    try {
      await premier.type(engine === 'sqlite' ? 'BEGIN IMMEDIATE' : 'BEGIN');
      await premier.type(pret('a1', 'e1', 'm1'));
      const autre = (async () => {
        await second.type(engine === 'sqlite' ? 'BEGIN IMMEDIATE' : 'BEGIN');
        await second.type(pret('b2', 'e2', 'm2'));
        await second.type(pret('b1', 'e3', 'm1'));
        await second.type('COMMIT');
      })();
      await attendUnVerrou();
      await premier.type(pret('a2', 'e4', 'm2'));
      await premier.type('COMMIT');
      await autre;
      expect(await premier.type(`SELECT prets FROM membre WHERE prets > 0`)).toEqual([{ prets: 2 }, { prets: 2 }]);
    } finally {
      await end();
    }
  });
});

describe('Without the rows that it takes first, PostgreSQL', () => {
  const suspension = courses.find(({ quoi }) => quoi === 'a suspension, and one loan more')!;

  /** The triggers with what `cut` matches taken out. */
  const mutilee = async (hand: Hand, cut: RegExp): Promise<void> => {
    const functions = await hand.type(
      `SELECT pg_get_functiondef(oid) AS sql FROM pg_proc WHERE prosrc LIKE '%pg_advisory_xact_lock(1886545268)%'`,
    );
    expect(functions.length).toBeGreaterThan(3);
    for (const { sql } of functions) await hand.type(String(sql).replace(cut, 'PERFORM 1;'));
  };

  it('lends to a reader who is being suspended', async () => {
    const sansLignes = (hand: Hand): Promise<void> => mutilee(hand, /PERFORM 1 FROM membre m[^;]*FOR NO KEY UPDATE;/);
    const { premier, second, attendUnVerrou, end } = await deux('postgres', sansLignes);
    try {
      await premier.type('BEGIN');
      await premier.type(suspension.premier);
      const answer = refus(second.type(suspension.second));
      // It has looked already, and waits only to count.
      await attendUnVerrou();
      await premier.type('COMMIT');
      expect(await answer).toBeUndefined();
    } finally {
      await end();
    }
  });

  it('makes two groups wait for each other', async () => {
    const { premier, second, end } = await deux('postgres', (hand) => mutilee(hand, /PERFORM pg_advisory_xact_lock\(\d+\);/));
    try {
      for (const hand of [premier, second]) await hand.type('BEGIN');
      await premier.type(pret('a1', 'e1', 'm1'));
      await second.type(pret('b2', 'e2', 'm2'));
      const ends = await Promise.allSettled([premier.type(pret('a2', 'e4', 'm2')), second.type(pret('b1', 'e3', 'm1'))]);
      expect(ends.map((one) => one.status).toSorted()).toEqual(['fulfilled', 'rejected']);
      expect(String((ends.find((one) => one.status === 'rejected') as PromiseRejectedResult).reason)).toMatch(/deadlock/);
    } finally {
      await end();
    }
  });
});
