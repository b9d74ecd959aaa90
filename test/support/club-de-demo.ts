import type { TestDatabase } from './databases.js';

type Hand = Awaited<ReturnType<TestDatabase['hand']>>;

interface Vue {
  readonly titre: string;
  readonly statut: string;
  readonly debut: string;
  readonly statuts: Record<string, number>;
}

/** Ce que l'on verrait sur la page, séance par séance. */
export async function vue(hand: Hand): Promise<{ membres: number; demandes: number; seances: Vue[] }> {
  const compte = async (sql: string): Promise<number> => Number((await hand.type(sql))[0]?.['n']);
  const seances: Vue[] = [];
  for (const { id, titre, statut, debut } of await hand.type('SELECT id, titre, statut, debut FROM seance ORDER BY debut_ms')) {
    const statuts: Record<string, number> = {};
    const lignes = await hand.type(
      `SELECT statut, count(*) AS n FROM inscription WHERE seance_id = '${String(id)}' GROUP BY statut ORDER BY statut`,
    );
    for (const ligne of lignes) statuts[String(ligne['statut'])] = Number(ligne['n']);
    seances.push({ titre: String(titre), statut: String(statut), debut: String(debut), statuts });
  }
  const membres = await compte('SELECT count(*) AS n FROM membre');
  const demandes = await compte(`SELECT count(*) AS n FROM demande WHERE id LIKE 'demo-%'`);
  return { membres, demandes, seances };
}

export const SEANCES_DE_DEMO = [
  {
    titre: 'Rencontre d’autrice : Une chambre à soi, cent ans après',
    statut: 'cloturee',
    statuts: { presente: 8, absente: 1, absence_excusee: 1 },
  },
  { titre: 'Soirée Polar', statut: 'ouverte', statuts: { inscrite: 11 } },
  { titre: 'Balade littéraire', statut: 'annulee', statuts: { annulee: 7 } },
  { titre: 'Club Manga', statut: 'ouverte', statuts: { inscrite: 6 } },
  { titre: 'Atelier Écriture', statut: 'ouverte', statuts: { inscrite: 7, offerte: 1, en_attente: 2, annulee: 1 } },
  { titre: 'Nuit de la lecture', statut: 'ouverte', statuts: { inscrite: 14 } },
];

interface Rayons {
  readonly titres: number;
  /** Ceux qui ne sont pas en rayon. */
  readonly exemplaires: string[];
  /** Statut, relance, prolongations. */
  readonly prets: string[];
  readonly reservations: string[];
}

/** Ce que le club prête, ligne par ligne. */
export async function rayons(hand: Hand): Promise<Rayons> {
  const lire = async (quoi: string, de: string): Promise<string[]> => {
    const lignes = await hand.type(`SELECT titre, ${quoi} AS quoi FROM ${de} JOIN ouvrage ON ouvrage.id = ouvrage_id`);
    return lignes.map((ligne) => `${String(ligne['titre'])} ${String(ligne['quoi'])}`).toSorted();
  };
  const titres = Number((await hand.type('SELECT count(*) AS n FROM ouvrage'))[0]?.['n']);
  const ailleurs = `(SELECT ouvrage_id, statut FROM exemplaire WHERE statut <> 'disponible') e`;
  const prets = await lire("statut || ' ' || relance || ' ' || prolongations", 'pret');
  return { titres, exemplaires: await lire('statut', ailleurs), prets, reservations: await lire('statut', 'reservation') };
}

const SORTIS = ['Chanson douce', 'Fahrenheit 451', 'Le Petit Prince', 'Le Petit Prince', 'Maus', 'Persepolis', 'Une chambre à soi'];

export const RAYONS_DE_DEMO: Rayons = {
  titres: 40,
  exemplaires: [
    ...['Au revoir là-haut', 'Dune', 'Le Nom de la Rose', ...SORTIS].map((titre) => `${titre} prete`),
    'La Horde du Contrevent en_reparation',
    'La Servante écarlate perdu',
    'L’Anomalie mis_de_cote',
  ].toSorted(),
  prets: [
    ...['Dune', ...SORTIS].map((titre) => `${titre} en_cours 0 0`),
    'Au revoir là-haut en_cours 0 1',
    'La Horde du Contrevent rendu 0 0',
    'La Servante écarlate perdu 0 0',
    'Le Nom de la Rose en_cours 1 0',
    'L’Anomalie rendu 0 0',
    'L’Étranger rendu 0 0',
  ].toSorted(),
  reservations: ['Dune en_attente', 'Dune en_attente', 'Le Nom de la Rose annulee', 'L’Anomalie mise_de_cote'],
};
