/** Une année du club, jour après jour, en quelques secondes : ce que chaque prêt a fait dire, et quel jour, comme un calendrier de papier le dirait. */
import { DateTime } from 'luxon';
import { afterAll, beforeAll, expect, it, describe } from 'vitest';
import { jusqua, M } from '../support/club-instance.js';
import { engines, type Hand } from '../support/databases.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import { LeapingClock } from '../support/leaping-clock.js';
import { long } from '../support/runs.js';
import { O, P } from '../support/prets-http.js';

const FUSEAU = 'Europe/Paris';
const DEBUT = '2036-01-05';
const FIN = '2037-01-05';
const FERMES = ['2036-12-25', '2036-12-26', '2036-07-14', '2036-03-31'];
/** Un ouvrage, un exemplaire, une lectrice à la fois ; ils commencent l’un après l’autre. */
const OUVRAGES = 6;
const CYCLE = 60;
/** Rendu tant de jours après : tôt, après le rappel, juste en retard, après une, deux, trois relances. */
const RENDUS = [10, 20, 24, 29, 35, 46];

// Le calendrier de papier : des dates, sans heure ni fuseau.
const plus = (date: string, jours: number): string => new Date(Date.parse(date) + jours * 86_400_000).toISOString().slice(0, 10);
const ouvert = (date: string): string => (new Date(date).getUTCDay() === 0 || FERMES.includes(date) ? ouvert(plus(date, 1)) : date);
const a = (date: string, heure: string): number => DateTime.fromISO(`${date}T${heure}`, { zone: FUSEAU }).toMillis();
const jour = (instant: unknown): string => DateTime.fromMillis(Number(instant), { zone: FUSEAU }).toFormat('yyyy-MM-dd HH:mm');

interface PretPrevu {
  readonly nom: string;
  readonly ouvrage: number;
  readonly ouvert: string;
  readonly rendu: string;
  readonly prolonge?: string;
  /** Quelqu’un le réserve pendant le prêt, et ne viendra pas le chercher. */
  readonly reserve: boolean;
}

/** Tout ce que l’année prévoit, et l’échéance du calendrier de papier. */
const PRETS: readonly PretPrevu[] = Array.from({ length: OUVRAGES * 6 }, (_, i) => {
  const [ouvrage, tour] = [i % OUVRAGES, Math.floor(i / OUVRAGES)];
  // Le premier prêt du deuxième tour est dû le dimanche où l’heure change ; ce jour et le lendemain sont fermés.
  const jourUn = plus(DEBUT, 4 + ouvrage * 7 + tour * CYCLE);
  const rendu = plus(jourUn, RENDUS[(ouvrage + tour) % RENDUS.length]!);
  const prolonge = (ouvrage + tour) % RENDUS.length === 5 && tour % 2 === 0 ? { prolonge: plus(jourUn, 19) } : {};
  return { nom: `p${String(i).padStart(2, '0')}`, ouvrage, ouvert: jourUn, rendu, ...prolonge, reserve: tour % 3 === 1 && !('prolonge' in prolonge) };
}).filter(({ rendu }) => rendu < FIN); // prettier-ignore

/** Ce que l’on doit avoir dit de lui, et quel jour. */
function dits({ nom, ouvert: premier, rendu, prolonge, reserve }: PretPrevu): string[] {
  const avis: string[] = [];
  const suivre = (echeance: string, depuis: string, jusquA: string): void => {
    for (const [quoi, ecart] of [
      ['rappel', -3],
      ['relance 1', 3],
      ['relance 2', 10],
      ['relance 3', 21],
    ] as const) {
      // prettier-ignore
      const date = plus(echeance, ecart);
      if (date > depuis && date <= jusquA) avis.push(`${date} 08:00 ${nom} ${quoi}`);
    }
  };
  const echeance = ouvert(plus(premier, 21));
  suivre(echeance, premier, prolonge ?? rendu);
  if (prolonge !== undefined) suivre(ouvert(plus(echeance, 21)), prolonge, rendu);
  if (reserve) avis.push(`${rendu} 15:00 ${nom} mise_de_cote`, `${ouvert(plus(rendu, 7))} soir ${nom} retrait_expire`);
  return avis;
}

describe.each(long() ? engines : (['sqlite'] as const))('une année de prêts, sur %s', (engine) => {
  let club: TestInstance;
  let hand: Hand;
  let clock: LeapingClock;
  const ids = new Map<string, string>();

  beforeAll(async () => {
    clock = new LeapingClock(a(DEBUT, '09:00'));
    club = await startInstance(engine, { CLUB_TIMEZONE: FUSEAU }, { clock });
    hand = await club.database.hand();
    const { status } = await club.send('/api/v1/calendrier', { joursFermes: ['dimanche'], datesFermees: FERMES }, {}, 'PUT');
    expect(status).toBe(200);
  });
  afterAll(() => club.end());

  const cree = async (path: string, corps: object): Promise<string> => {
    const { status, body } = await club.send(path, corps);
    expect(status, JSON.stringify(body)).toBe(201);
    return body.id;
  };
  const fait = async (path: string, corps?: object): Promise<void> => {
    const { status, body } = await club.send(path, corps);
    expect([200, 201], JSON.stringify(body)).toContain(status);
  };
  const combien = async (sql: string): Promise<number> => Number((await hand.type(`SELECT COUNT(*) AS n FROM ${sql}`))[0]!['n']);
  const prochainReveil = async (): Promise<number> => {
    const { elements } = (await club.get('/api/v1/reveils?limite=1')).body;
    return elements.length === 0 ? Infinity : Date.parse(elements[0].du);
  };

  /** Attend que rien ne soit plus à faire ; l’heure avance un peu de temps en temps, pour que personne ne s’endorme entre deux regards. */
  async function fini(quoi: string, reste: () => string, regardMs?: number): Promise<void> {
    let vu = performance.now();
    await jusqua(quoi, async () => {
      if ((await combien(reste())) === 0) return true;
      if (performance.now() - vu > 200) {
        clock.leapTo(clock.now() + 1, regardMs);
        vu = performance.now();
      }
      return false;
    });
  }

  /** L’heure avance jusque-là, et tout ce qui est dû a lieu : les réveils, leurs avis, leurs récapitulatifs. */
  async function avancer(instant: number): Promise<void> {
    clock.leapTo(instant);
    await fini('les réveils dus', () => `timer WHERE due <= ${clock.now()}`);
    await fini('leur publication', () => 'stream WHERE published < version');
    if ((await combien(`notification WHERE statut = 'a_grouper'`)) === 0) return;
    // L’envoyeur regarde l’heure toutes les dix secondes.
    clock.leapTo(clock.now() + 180_000, 10_000);
    await fini('les récapitulatifs', () => `notification WHERE statut = 'a_grouper'`, 10_000);
  }

  /** Jusqu’à cet instant, sans passer une échéance. */
  async function vivreJusqua(instant: number): Promise<void> {
    for (let reveil = await prochainReveil(); reveil <= instant; reveil = await prochainReveil()) await avancer(reveil);
    clock.leapTo(instant);
  }

  it('chaque prêt fait dire ce qu’il doit, le jour dit, et rien ne sonne plus pour ceux qui sont clos', { timeout: 120_000 }, async () => {
    const ouvrages = await Promise.all(Array.from({ length: OUVRAGES }, () => cree(O, { titre: 'Germinal', exemplaires: 1 })));
    const lectrices = await Promise.all(ouvrages.map(() => cree(M, { nom: 'Ana' })));
    const distraits = await Promise.all(ouvrages.map(() => cree(M, { nom: 'Bo' })));
    const actes = PRETS.flatMap((pret) => {
      const [ouvrageId, membreId] = [ouvrages[pret.ouvrage]!, lectrices[pret.ouvrage]!];
      const { nom, prolonge, reserve } = pret;
      return [
        { le: a(pret.ouvert, '14:00'), faire: async () => void ids.set(await cree(P, { ouvrageId, membreId }), nom) },
        ...(prolonge === undefined ? [] : [{ le: a(prolonge, '12:00'), faire: () => fait(`${P}/${idDe(nom)}/prolongation`) }]),
        ...(reserve ? [{ le: a(plus(pret.ouvert, 9), '12:00'), faire: () => fait(`${O}/${ouvrageId}/reservations`, { membreId: distraits[pret.ouvrage] }) }] : []),
        { le: a(pret.rendu, '15:00'), faire: () => fait(`${P}/${idDe(nom)}/retour`, {}) },
      ];
    }).toSorted((un, autre) => un.le - autre.le); // prettier-ignore
    for (const { le, faire } of actes) {
      await vivreJusqua(le);
      await faire();
    }
    await vivreJusqua(a(FIN, '09:00'));
    const dernier = await cree(P, { ouvrageId: ouvrages[0], membreId: lectrices[0] });

    await avisDeLAnnee(ouvrages);
    const { elements } = (await club.get('/api/v1/reveils')).body;
    const aVenir = {
      flux: dernier,
      nom: 'pret',
      racine: ouvrages[0],
      sorte: 'ouvrage',
      du: `${plus(ouvert(plus(FIN, 21)), -3)}T08:00:00+01:00`,
    };
    expect(elements).toEqual([aVenir]);
    expect((await club.get(`${P}?statut=en_cours`)).body.elements).toHaveLength(1);
    expect(await combien('stream WHERE quarantined_until > 0')).toBe(0);
  });

  const idDe = (nom: string): string => [...ids].find(([, autre]) => autre === nom)![0];

  async function avisDeLAnnee(ouvrages: readonly string[]): Promise<void> {
    const rows = await hand.type('SELECT stream, gabarit, donnees, creee_le, membre_id FROM notification ORDER BY creee_le, stream');
    const avis = rows.filter(({ gabarit }) => gabarit !== 'recapitulatif');
    const vus = avis.map(({ stream, gabarit, donnees, creee_le }) => {
      const { niveau } = JSON.parse(String(donnees)) as { niveau?: number };
      // Un avis de l’ouvrage parle du dernier prêt rendu.
      const nom = ids.get(String(stream)) ?? rendu(ouvrages.indexOf(String(stream)), jour(creee_le).slice(0, 10));
      // La dernière seconde du jour : le réveil peut sonner juste après minuit.
      const quand = gabarit === 'retrait_expire' ? `${jour(Number(creee_le) - 3_600_000).slice(0, 10)} soir` : jour(creee_le);
      return `${quand} ${nom} ${String(gabarit)}${niveau === undefined ? '' : ` ${niveau}`}`;
    });
    expect(vus.toSorted()).toEqual(PRETS.flatMap(dits).toSorted());
    const parSorte = (quoi: string): number => vus.filter((un) => un.includes(quoi)).length;
    for (const quoi of ['rappel', 'relance 1', 'relance 2', 'relance 3', 'mise_de_cote', 'retrait_expire'])
      expect(parSorte(quoi), quoi).toBeGreaterThan(2);
    // Un récapitulatif par membre et par jour où il y avait à dire, chacun ce jour-là.
    const groupes = avis.filter(({ gabarit }) => gabarit === 'rappel' || gabarit === 'relance');
    const jours = (lignes: typeof rows): string[] =>
      lignes.map((row) => `${jour(row['creee_le']).slice(0, 10)} ${String(row['membre_id'])}`);
    expect(jours(rows.filter(({ gabarit }) => gabarit === 'recapitulatif')).toSorted()).toEqual([...new Set(jours(groupes))].toSorted());
  }

  const rendu = (ouvrage: number, date: string): string => PRETS.findLast((pret) => pret.ouvrage === ouvrage && pret.rendu <= date)!.nom;
});
