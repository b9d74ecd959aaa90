import { afterEach, describe, expect, it } from 'vitest';
import { jusqua, movableClock, toutes } from '../support/club-instance.js';
import { engines, type Engine } from '../support/databases.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import { JOUR, O, P } from '../support/prets-http.js';

interface Pret {
  readonly id: string;
  readonly ouvrageId: string;
  readonly ouvertLe: string;
  readonly echeance: string;
  readonly renduLe: string | null;
  readonly relance: number;
}
interface Histoire {
  readonly type: string;
  readonly instant: string;
  readonly donnees: { readonly retardJours?: number; readonly niveau?: number };
}

/** Le jour de la semaine à l'heure du club : 1 = lundi. Une date de `GET` porte le décalage du club. */
const jourDe = (date: string): number => new Date(date.slice(0, 10)).getUTCDay() || 7;
const date = (instant: number): string => new Date(instant).toLocaleDateString('sv', { timeZone: 'Europe/Paris' });

describe('les livres du club de démonstration', () => {
  let club: TestInstance;
  let maintenant: () => number;
  afterEach(() => club.end());

  async function ouvrir(engine: Engine = 'sqlite', quand = Date.now()): Promise<void> {
    const clock = movableClock();
    clock.jump(quand - Date.now());
    maintenant = () => clock.now();
    club = await startInstance(engine, { DEMO: 'true' }, { clock });
    await jusqua('le club est prêt', async () => (await club.get('/health/ready')).status === 200);
  }

  async function ouvrage(titre: string): Promise<string> {
    const tous = await toutes<{ id: string; titre: string }>(club, O);
    return tous.find((un) => un.titre === titre)!.id;
  }
  async function pretDe(titre: string): Promise<Pret> {
    const [id, prets] = [await ouvrage(titre), await toutes<Pret>(club, P)];
    return prets.find(({ ouvrageId }) => ouvrageId === id)!;
  }

  it.each(engines)('chacun sert d’exemple : une relance, un refus de prolonger, un livre à retirer, sur %s', async (engine) => {
    await ouvrir(engine);
    expect((await club.get('/api/v1/calendrier')).body).toMatchObject({ joursFermes: ['lundi', 'mardi'], version: 2 });
    const rose = await pretDe('Le Nom de la Rose');
    expect(rose.relance).toBe(1);
    expect((await club.send(`${P}/${rose.id}/prolongation`)).body.code).toBe('pret_en_retard');
    const dune = await pretDe('Dune');
    expect((await club.send(`${P}/${dune.id}/prolongation`)).body.code).toBe('ouvrage_reserve');
    const prolonge = await pretDe('Au revoir là-haut');
    expect((await club.send(`${P}/${prolonge.id}/prolongation`)).body.code).toBe('prolongations_epuisees');
    const { body: aRetirer } = await club.get(`${O}/${await ouvrage('L’Anomalie')}`);
    expect(aRetirer.exemplaires[0].statut).toBe('mis_de_cote');
    expect(Date.parse(aRetirer.exemplaires[0].retraitAvant)).toBeGreaterThan(maintenant() + JOUR);
    const { body: arbre } = await club.get(`/api/v1/supervision?sous=coeur.club.prets.${dune.ouvrageId}`);
    expect(arbre).toMatchObject({ taille: 1, enfants: [{ nom: dune.id, redemarrages: 0 }] });
  });

  it.each([
    ['un lundi à minuit une', '2027-01-25T00:01:00+01:00'],
    ['un mardi soir', '2027-01-26T23:59:00+01:00'],
    ['un mercredi à l’aube', '2027-01-27T05:00:00+01:00'],
    ['un jeudi', '2027-01-28T12:00:00+01:00'],
    ['un vendredi avant huit heures', '2027-01-29T07:59:00+01:00'],
    ['un samedi', '2027-01-30T18:00:00+01:00'],
    ['le dimanche où l’heure avance', '2027-03-28T03:30:00+02:00'],
  ])('semés %s, ils racontent la même histoire, et chaque relance est datée du jour où elle était due', async (_, quand) => {
    await ouvrir('sqlite', Date.parse(quand));
    const prets = await toutes<Pret>(club, P);
    for (const { ouvertLe, echeance, renduLe } of prets)
      for (const jour of [ouvertLe, echeance, ...(renduLe === null ? [] : [renduLe])])
        expect([jour, jourDe(jour) >= 3]).toEqual([jour, true]);
    const rose = await pretDe('Le Nom de la Rose');
    const faits = await toutes<Histoire>(club, `${P}/${rose.id}/faits`);
    expect(faits.map(({ type, instant }) => [type, date(Date.parse(instant))])).toEqual([
      ['PretOuvert', date(Date.parse(rose.ouvertLe))],
      ['EcheanceRappelee', date(Date.parse(rose.echeance) - 3 * JOUR)],
      ['RelanceEnvoyee', date(Date.parse(rose.echeance) + 3 * JOUR)],
    ]);
    expect(faits[2]!.donnees).toMatchObject({ niveau: 1, retardJours: 3 });
    expect(date(Date.parse(faits[2]!.instant)) < date(maintenant())).toBe(true);
    const reveils = await toutes<{ du: string; racine: string }>(club, '/api/v1/reveils');
    // Un prêt en cours se réveillera, le livre mis de côté aussi : rien d'autre, et rien encore.
    const desLivres = reveils.filter(({ racine }) => racine.startsWith('ouv_')).map(({ du }) => Date.parse(du) > maintenant());
    expect(desLivres).toEqual(Array(11).fill(true));
  });
});
