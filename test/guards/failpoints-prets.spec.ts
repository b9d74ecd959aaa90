/**
 * As `failpoints.spec.ts`, of what lives by time: loans with their reminders, a copy set aside, a seat on offer. The first process dies at every point where
 * it meets the database; its successor finds whatever is due, and does it once.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lireMembreId, type MembreId } from '../../src/modules/membres/membre-id.js';
import type { SituationDuMembre } from '../../src/modules/prets/mots.js';
import { engines } from '../support/databases.js';
import { fiche as livre } from '../support/prets.js';
import { fiche } from '../support/seances.js';
import { intercept } from './intercept.js';
import { Lives, type Story, type Wrapped } from './lives.js';
import { members } from './owner.js';

/** A Monday; the clocks change on the 30th. */
const START = Date.parse('2036-03-03T10:00:00+01:00');
const at = (text: string): number => Date.parse(text);

interface Told extends Story {
  /** Ids of this run, and what they are called in every run. */
  readonly names: readonly (readonly [id: string, name: string])[];
}

/** What the database holds in the end, in words that are the same in every run. */
type Found = Readonly<Record<'faits' | 'lignes' | 'reveils' | 'avis' | 'lus', readonly string[]>>;

describe.each(engines)('a process that dies anywhere while time is at work, on %s,', (engine) => {
  let lives: Lives;
  let runs = 0;

  beforeAll(async () => void (lives = await Lives.on(engine)));
  afterAll(() => lives.end());

  const people = async (n: number): Promise<MembreId[]> => (await members(lives.kept, 3, `m${n}_`)).map((id) => lireMembreId(id)!);

  async function found({ names, facts }: Told): Promise<Found> {
    const { hand } = lives;
    const list = Object.keys(facts).map((stream) => `'${stream}'`).join(); // prettier-ignore
    const [root] = Object.keys(facts);
    const shown = (...cells: unknown[]): string =>
      names.reduce((text, [id, name]) => text.replaceAll(id, name), cells.map(String).join(' '));
    const rows = async (sql: string): Promise<string[]> => (await hand.type(sql)).map((row) => shown(...Object.values(row)));
    const journal = await hand.type(`SELECT stream, version, type, demande FROM outbox WHERE stream IN (${list}) ORDER BY stream, version`);
    return {
      faits: journal.map(({ stream, version, type, demande }) =>
        shown(stream, version, type, ...(String(demande).startsWith('reveil-') ? ['(réveil)'] : [])),
      ),
      lignes: [
        ...(await rows(`SELECT id, membre_id, statut, relance, version FROM pret WHERE ouvrage_id = '${root}' ORDER BY id`)),
        ...(await rows(`SELECT rang, membre_id, statut FROM reservation WHERE ouvrage_id = '${root}' ORDER BY rang`)),
        ...(await rows(`SELECT entree, membre_id, statut FROM inscription WHERE seance_id = '${root}' ORDER BY entree`)),
        ...(await rows(`SELECT membre_id, statut FROM paiement WHERE seance_id = '${root}' ORDER BY membre_id`)),
        ...(await rows(
          `SELECT id, prets, reservations FROM membre WHERE id LIKE '${names[0]![0].replace(/\d$/, '')}%' AND prets + reservations > 0`,
        )),
      ],
      reveils: await rows(`SELECT stream, name FROM timer WHERE root = '${root}' ORDER BY due`),
      avis: await rows(
        `SELECT stream, version, membre_id, gabarit FROM notification WHERE stream IN (${list}) ORDER BY stream, version, membre_id`,
      ),
      lus: await rows(`SELECT listener, stream, version FROM inbox WHERE stream IN (${list}) ORDER BY listener, stream`),
    };
  }

  async function everywhere(newStory: () => Promise<Told>, expected: Found): Promise<Set<string>> {
    let told!: Told;
    const next = async (): Promise<Story> => (told = await newStory());
    return lives.eachDeath(next, async (_, { acknowledged, stored, again }, where) => {
      expect(stored, `${where}: acknowledged, and written`).toEqual(acknowledged);
      expect(again, `${where}: acknowledged, and answered the same`).toEqual(acknowledged);
      expect(await found(told), where).toEqual(expected);
    });
  }

  /** One copy: Ana keeps it for too long, Bo does not fetch it, Cy takes it. */
  async function loans(): Promise<Told> {
    const n = `${engine}_${++runs}`;
    const [ana, bo, cy] = (await people(runs)) as [MembreId, MembreId, MembreId];
    const [ouvrage, exemplaire, un, deux] = [`ouv_${n}`, `exe_${n}`, `pre_1_${n}`, `pre_2_${n}`];
    const membre = (membreId: MembreId): SituationDuMembre => ({ membreId, prets: 0, reservations: 0, suspendu: false });
    return {
      start: START,
      steps: [
        { ouvrage, demande: { type: 'ajouterOuvrage', ...livre, exemplaires: [exemplaire] } },
        { ouvrage, demande: { type: 'emprunter', pretId: un, membre: membre(ana) } },
        { ouvrage, demande: { type: 'reserver', membre: membre(bo) } },
        { ouvrage, demande: { type: 'reserver', membre: membre(cy) } },
        // Nobody was there on the 21st: the reminder and the first relance are due together, one after the other.
        { stream: ouvrage, until: at('2036-03-27T09:00:00+01:00') },
        { stream: ouvrage, until: at('2036-04-03T09:00:00+02:00') },
        { ouvrage, demande: { type: 'rendre', pretId: un } },
        { stream: ouvrage, until: at('2036-04-11T09:00:00+02:00') },
        { ouvrage, demande: { type: 'emprunter', pretId: deux, membre: membre(cy) } },
      ],
      facts: { [ouvrage]: 8, [un]: 5, [deux]: 1 },
      names: [[ana, 'ana'], [bo, 'bo'], [cy, 'cy'], [ouvrage, 'ouv'], [exemplaire, 'exe'], [un, 'pre1'], [deux, 'pre2']], // prettier-ignore
    };
  }

  const LOANS: Found = {
    faits: [
      'ouv 1 OuvrageAjoute',
      'ouv 2 ExemplairePrete',
      'ouv 3 ReservationPosee',
      'ouv 4 ReservationPosee',
      'ouv 5 ExemplaireMisDeCote',
      'ouv 6 RetraitExpire (réveil)',
      'ouv 7 ExemplaireMisDeCote (réveil)',
      'ouv 8 ExemplairePrete',
      'pre1 1 PretOuvert',
      'pre1 2 EcheanceRappelee (réveil)',
      'pre1 3 RelanceEnvoyee (réveil)',
      'pre1 4 RelanceEnvoyee (réveil)',
      'pre1 5 PretRendu',
      'pre2 1 PretOuvert',
    ],
    lignes: ['pre1 ana rendu 2 5', 'pre2 cy en_cours 0 1', '1 bo expiree', '2 cy honoree', 'cy 1 0'],
    reveils: ['pre2 pret'],
    avis: [
      'ouv 5 bo mise_de_cote',
      'ouv 6 bo retrait_expire',
      'ouv 7 cy mise_de_cote',
      'pre1 2 ana rappel',
      'pre1 3 ana relance',
      'pre1 4 ana relance',
    ],
    lus: ['notifications-prets ouv 8', 'notifications-prets pre1 5', 'notifications-prets pre2 1'],
  };

  /** One seat, paid in advance: Ana leaves it, Bo does not answer, Cy takes it. */
  async function offers(): Promise<Told> {
    const seance = `sea_${engine}_${++runs}`;
    const [ana, bo, cy] = (await people(runs)) as [MembreId, MembreId, MembreId];
    const inscrire = (membreId: MembreId) => ({ seance, demande: { type: 'inscrire', membreId, siComplet: 'attendre' } }) as const;
    const dates = { debut: '2036-03-10T19:00:00+01:00', fin: '2036-03-10T21:00:00+01:00' };
    return {
      start: START,
      steps: [
        { seance, demande: { type: 'planifier', ...fiche, ...dates, id: seance, places: 1, paiement: 'avant' } },
        inscrire(ana),
        inscrire(bo),
        inscrire(cy),
        { seance, demande: { type: 'desister', membreId: ana } },
        { stream: seance, until: START + 25 * 3_600_000 },
        { seance, demande: { type: 'accepterOffre', membreId: cy } },
      ],
      facts: { [seance]: 9 },
      names: [[ana, 'ana'], [bo, 'bo'], [cy, 'cy'], [seance, 'sea']], // prettier-ignore
    };
  }

  const OFFERS: Found = {
    faits: [
      'sea 1 SeancePlanifiee',
      'sea 2 MembreInscrit',
      'sea 3 MembreMisEnAttente',
      'sea 4 MembreMisEnAttente',
      'sea 5 MembreDesiste',
      'sea 6 PlaceOfferte',
      'sea 7 OffreExpiree (réveil)',
      'sea 8 PlaceOfferte (réveil)',
      'sea 9 OffreAcceptee',
    ],
    lignes: ['2 ana annulee', '3 bo expiree', '4 cy inscrite', 'ana annule', 'cy du'],
    reveils: ['sea cloture'],
    avis: [
      'sea 2 ana inscription',
      'sea 3 bo attente',
      'sea 4 cy attente',
      'sea 5 ana desistement',
      'sea 6 bo offre',
      'sea 7 bo offre_expiree',
      'sea 8 cy offre',
      'sea 9 cy inscription',
    ],
    lus: ['notifications sea 9', 'paiements sea 9'],
  };

  it(
    'lends no copy twice, contradicts no answer, and each reminder, relance and pick-up deadline takes effect once',
    { timeout: 300_000 },
    async () => {
      const met = await everywhere(loans, LOANS);
      expect([...met].filter((point) => point.endsWith('commit')).toSorted()).toEqual(['after commit', 'before commit']);
      expect([...met], 'death struck between reading a stream and its timers').toContain('after timersOf');
    },
  );

  it('offers a seat to one person after another, and each offer ends once', { timeout: 300_000 }, async () => {
    expect([...(await everywhere(offers, OFFERS))]).toContain('before commit');
  });

  it('mutant: a timer that is moved apart from its facts is forgotten when death comes between', async () => {
    const { points } = await lives.run(await loans(), Infinity);
    const [expiry] = points.flatMap((point, i) => (point === 'after commit' ? [i] : [])).slice(-2);
    let apart = 0;
    // Death comes as soon as this returns: the facts are never written.
    const timersFirst: Wrapped = (storage) =>
      intercept(storage, {
        commit: async (group) => {
          const moved = group.tables.get('timer')?.updates.find(([, name]) => String(name).startsWith('retrait:'));
          if (moved === undefined) return storage.commit(group);
          const [stream, name, , , due] = moved;
          apart = await storage.transact((tx) => tx.update('timer', { due: due! }, { stream: stream!, name: name! }));
        },
      });
    const told = await loans();
    await expect(lives.run(told, expiry!, timersFirst)).rejects.toThrow('step 8: {"is":"refused"');
    expect(apart).toBe(1);
    expect((await found(told)).faits).not.toContain('ouv 6 RetraitExpire (réveil)');
  });
});
