import type { RefusalTable } from './catalogue.js';
import { CSV_REFUSALS } from './csv.refus.js';

const retry = { fr: 'Réessayez après le délai indiqué', en: 'Try again after the delay given' };
const nothing = { fr: 'Rien n’a été fait.', en: 'Nothing was done.' };

/** What every door may answer, whatever the club does behind it. */
export const MACHINE_REFUSALS = {
  ...CSV_REFUSALS,
  adresse_illisible: {
    status: 400,
    title: { fr: 'Adresse illisible', en: 'Unreadable address' },
    detail: { fr: 'L’adresse demandée est mal encodée.', en: 'The requested address is badly encoded.' },
  },
  requete_illisible: {
    status: 400,
    title: { fr: 'Requête illisible', en: 'Unreadable request' },
    detail: { fr: 'Ceci n’est pas une requête HTTP complète.', en: 'This is not a complete HTTP request.' },
  },
  json_illisible: {
    status: 400,
    title: { fr: 'JSON illisible', en: 'Unreadable JSON' },
    detail: { fr: 'Le corps de la requête n’est pas du JSON.', en: 'The body of the request is not JSON.' },
  },
  origine_refusee: {
    status: 403,
    title: { fr: 'Origine refusée', en: 'Origin refused' },
    detail: {
      fr: 'Cette écriture vient d’une page qui n’est pas du club ({recu}). Rien n’a été fait. Derrière un relais, gardez l’en-tête Host du navigateur.',
      en: 'This write comes from a page that is not the club’s ({recu}). Nothing was done. Behind a proxy, keep the browser’s Host header.',
    },
    example: { recu: 'https://ailleurs.example' },
  },
  hote_refuse: {
    status: 421,
    title: { fr: 'Nom de serveur inconnu', en: 'Unknown server name' },
    detail: {
      fr: 'Ce club ne s’appelle pas « {recu} ». Ajoutez ce nom à ALLOWED_HOSTS, ou passez par une adresse ou localhost.',
      en: 'This club is not called “{recu}”. Add that name to ALLOWED_HOSTS, or use an address or localhost.',
    },
    example: { recu: 'ailleurs.example:3000' },
  },
  route_inconnue: {
    status: 404,
    title: { fr: 'Adresse inconnue', en: 'Unknown address' },
    detail: { fr: 'Rien ne se trouve à cette adresse. Voir /api/docs.', en: 'There is nothing at this address. See /api/docs.' },
  },
  demande_inconnue: {
    status: 404,
    title: { fr: 'Demande inconnue', en: 'Unknown demande' },
    detail: {
      fr: 'Aucune demande acceptée ne porte cet identifiant : une demande refusée ne laisse pas de trace.',
      en: 'No accepted demande has this id: a refused one leaves no trace.',
    },
  },
  methode_refusee: {
    status: 405,
    title: { fr: 'Méthode refusée', en: 'Method not allowed' },
    detail: { fr: 'Cette adresse accepte : {acceptees}.', en: 'This address accepts: {acceptees}.' },
    example: { acceptees: 'GET, HEAD, POST' },
  },
  requete_trop_lente: {
    status: 408,
    title: { fr: 'Requête trop lente', en: 'Request too slow' },
    detail: { fr: 'La requête n’est pas arrivée entière à temps.', en: 'The request did not arrive whole in time.' },
  },
  precondition_perdue: {
    status: 412,
    title: { fr: 'La ressource a changé', en: 'The resource has changed' },
    detail: {
      fr: 'Sa version est {version}, et non celle de If-Match. Rien n’a été fait : relisez-la.',
      en: 'Its version is {version}, not the one of If-Match. Nothing was done: read it again.',
    },
    example: { version: 12 },
  },
  corps_trop_grand: {
    status: 413,
    title: { fr: 'Corps trop grand', en: 'Body too large' },
    detail: { fr: 'Le corps d’une requête a au plus 65 536 octets.', en: 'The body of a request has at most 65,536 bytes.' },
  },
  type_non_accepte: {
    status: 415,
    title: { fr: 'Type de contenu non accepté', en: 'Unsupported media type' },
    detail: { fr: 'Le corps doit être en application/json.', en: 'The body must be application/json.' },
  },
  demande_invalide: {
    status: 422,
    title: { fr: 'Demande invalide', en: 'Invalid demande' },
    detail: { fr: 'À corriger : {noms}. Rien n’a été fait.', en: 'To correct: {noms}. Nothing was done.' },
    example: { noms: 'places', champs: [{ champ: 'places', probleme: 'doit être au moins 1' }] },
  },
  demande_differente: {
    status: 422,
    title: { fr: 'Identifiant de demande déjà pris', en: 'Demande id already taken' },
    detail: {
      fr: 'Cet identifiant a servi à une autre demande. Rien n’a été fait : employez-en un nouveau.',
      en: 'This id was used for another demande. Nothing was done: use a new one.',
    },
  },
  curseur_invalide: {
    status: 422,
    title: { fr: 'Curseur invalide', en: 'Invalid cursor' },
    detail: { fr: '« apres » ne vient pas de cette liste.', en: '“apres” does not come from this list.' },
  },
  trop_de_demandes: {
    status: 429,
    title: { fr: 'Trop de demandes', en: 'Too many demandes' },
    detail: { fr: `Cette adresse en envoie trop. ${retry.fr}.`, en: `This address sends too many. ${retry.en}.` },
  },
  entetes_trop_grands: {
    status: 431,
    title: { fr: 'En-têtes trop grands', en: 'Headers too large' },
    detail: { fr: 'Les en-têtes de la requête dépassent 16 Kio.', en: 'The headers of the request exceed 16 KiB.' },
  },
  erreur_interne: {
    status: 500,
    title: { fr: 'Erreur interne', en: 'Internal error' },
    detail: { fr: 'Une erreur de notre fait, notée au journal.', en: 'An error of ours, recorded in the log.' },
    example: { etat: 'not_executed' },
  },
  seance_injoignable: {
    status: 503,
    title: { fr: 'Séance injoignable', en: 'Séance out of reach' },
    detail: {
      fr: `Cette instance ne joint pas la base : plutôt refuser que se tromper. ${retry.fr}, avec le même identifiant.`,
      en: `This instance cannot reach the database: better to refuse than to be wrong. ${retry.en}, with the same id.`,
    },
    example: { etat: 'not_executed', demandeId: 'dem_01jd3xq7r5t8v2w4y6z8a0b2c4' },
  },
  base_indisponible: {
    status: 503,
    title: { fr: 'Base de données indisponible', en: 'Database unavailable' },
    detail: {
      fr: `La base ne répond pas. ${retry.fr}, avec le même identifiant.`,
      en: `The database does not answer. ${retry.en}, with the same id.`,
    },
    example: { etat: 'unknown', demandeId: 'dem_01jd3xq7r5t8v2w4y6z8a0b2c4' },
  },
  surcharge: {
    status: 503,
    title: { fr: 'Trop de monde', en: 'Overloaded' },
    detail: { fr: `${nothing.fr} ${retry.fr}.`, en: `${nothing.en} ${retry.en}.` },
    example: { etat: 'not_executed' },
  },
  en_quarantaine: {
    status: 503,
    title: { fr: 'En quarantaine', en: 'In quarantine' },
    detail: {
      fr: `Ce processus plante trop souvent et se repose. ${nothing.fr} ${retry.fr}.`,
      en: `This process crashes too often and is resting. ${nothing.en} ${retry.en}.`,
    },
    example: { etat: 'not_executed' },
  },
  arret_en_cours: {
    status: 503,
    title: { fr: 'Instance en partance', en: 'Instance leaving' },
    detail: { fr: `Cette instance s’arrête. ${nothing.fr} ${retry.fr}.`, en: `This instance is stopping. ${nothing.en} ${retry.en}.` },
    example: { etat: 'not_executed' },
  },
} satisfies RefusalTable<string>;

export type MachineRefusal = keyof typeof MACHINE_REFUSALS;
