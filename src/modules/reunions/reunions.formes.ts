import { z } from 'zod';
import { PAGE } from '../../http/cursor.js';
import { cents, id, instant, places, text, whole, zone } from '../../http/fields.js';
import { historyOf } from '../../http/history.js';
import { RAISONS } from './reponses.js';

/** What may be asked of a séance, and what is shown of one. */

const SEANCE = 'sea_01jd3xq7r5t8v2w4y6z8a0b2c4';
const MEMBRE = 'mem_01jd3xq7r5t8v2w4y6z8a0b2c4';
const DATES = { debut: '2032-01-15T19:00:00+01:00', fin: '2032-01-15T21:00:00+01:00' };

export const NouvelleSeance = z
  .strictObject({
    titre: text(200),
    debut: instant,
    fin: instant,
    fuseau: zone.optional(),
    lieu: text(200).nullish(),
    places,
    prixCentimes: cents.default(0),
    paiement: z.enum(['sur_place', 'avant']).default('sur_place'),
    listeAttenteMax: whole(0, 1_000_000).nullish(),
  })
  .meta({ id: 'NouvelleSeance', examples: [{ titre: 'Germinal', ...DATES, lieu: 'Salle Zola', places: 12 }] });

export const Inscription = z
  .strictObject({ membreId: id, siComplet: z.enum(['attendre', 'refuser']).default('attendre') })
  .meta({ id: 'NouvelleInscription', examples: [{ membreId: MEMBRE }] });

export const Places = z.strictObject({ places }).meta({ id: 'PlacesModifiees', examples: [{ places: 15 }] });

export const Annulation = z.strictObject({ motif: text(200) }).meta({ id: 'Annulation', examples: [{ motif: 'Salle fermée' }] });

export const Report = z.strictObject({ debut: instant, fin: instant }).meta({ id: 'Report', examples: [DATES] });

export const Faveur = z
  .strictObject({ membreId: id, motif: text(200) })
  .meta({ id: 'Faveur', examples: [{ membreId: MEMBRE, motif: 'Anime la séance' }] });

export const Presence = z
  .strictObject({ membreId: id, statut: z.enum(['presente', 'absente', 'absence_excusee']) })
  .meta({ id: 'Presence', examples: [{ membreId: MEMBRE, statut: 'presente' }] });

export const PageDeSeances = z.strictObject({ ...PAGE, statut: z.enum(['ouverte', 'fermee', 'cloturee', 'annulee']).optional() });

const STATUTS = ['inscrite', 'offerte', 'en_attente', 'annulee', 'expiree', 'presente', 'absente', 'absence_excusee'] as const;
export const PageDInscriptions = z.strictObject({ ...PAGE, statut: z.enum(STATUTS).optional(), membreId: id.optional() });

// --- answers ------------------------------------------------------------------------------------------------------

const FICHE = {
  id: SEANCE,
  titre: 'Germinal',
  lieu: 'Salle Zola',
  ...DATES,
  fuseau: 'Europe/Paris',
  places: 12,
  prixCentimes: 0,
  paiement: 'sur_place',
  listeAttenteMax: null,
  statut: 'ouverte',
  gel: '2032-01-15T17:00:00+01:00',
  placesRestantes: 11,
  inscrits: 1,
  offertes: 0,
  enAttente: 0,
  version: 2,
};

export const Seance = z
  .object({
    id: z.string(),
    titre: z.string(),
    lieu: z.string().nullable(),
    debut: z.string(),
    fin: z.string(),
    fuseau: z.string(),
    places: z.int(),
    prixCentimes: z.int(),
    paiement: z.enum(['sur_place', 'avant']),
    listeAttenteMax: z.int().nullable(),
    statut: z.enum(['ouverte', 'fermee', 'cloturee', 'annulee']),
    gel: z.string().describe('Dès cet instant, une place qui se libère n’est plus donnée à qui attend.'),
    placesRestantes: z.int(),
    inscrits: z.int(),
    offertes: z.int().describe('Places gardées pour qui doit répondre (`paiement: avant`).'),
    enAttente: z.int(),
    version: z.int(),
    perime: z.literal(true).optional().describe('La base ne répond pas : dernier état connu de cette instance.'),
  })
  .meta({ id: 'Seance', examples: [FICHE] });

export const ListeDeSeances = z.object({ elements: z.array(Seance) }).meta({ id: 'ListeDeSeances', examples: [{ elements: [FICHE] }] });

export const Inscrite = z
  .object({
    statut: z.enum(['inscrite', 'en_attente']),
    rang: z.int().optional(),
    position: z.int().optional(),
    placesRestantes: z.int(),
    version: z.int(),
  })
  .meta({ id: 'Inscription', examples: [{ statut: 'en_attente', rang: 3, position: 2, placesRestantes: 0, version: 17 }] });

export const Desistement = z
  .object({ promu: z.string().nullable(), offerteA: z.string().optional(), placesRestantes: z.int(), version: z.int() })
  .meta({ id: 'Desistement', examples: [{ promu: MEMBRE, placesRestantes: 0, version: 18 }] });

const ENTREE = z.object({
  membreId: z.string(),
  statut: z.enum(STATUTS),
  rang: z.int().optional(),
  position: z.int().optional(),
  expireLe: z.string().optional().describe('Jusqu’à quand la place offerte est gardée.'),
  raison: z.enum(RAISONS).optional().describe('Pourquoi l’on attend encore.'),
  jusqua: z.string().optional().describe('Quand une réponse est attendue de qui une place est offerte.'),
});

export const ListeDInscriptions = z.object({ elements: z.array(ENTREE) }).meta({
  id: 'ListeDInscriptions',
  examples: [{ elements: [{ membreId: MEMBRE, statut: 'en_attente', rang: 3, position: 1, raison: 'complete' }] }],
});

export const ListeDeFaits = historyOf('ListeDeFaits', {
  version: 2,
  type: 'MembreInscrit',
  instant: '2027-01-02T10:00:00.000Z',
  demandeId: 'dem_01jd3xq7r5t8v2w4y6z8a0b2c4',
  acteur: null,
  donnees: { membreId: MEMBRE, prixCentimes: 0 },
});
