import type { Effect, Listener } from '../../runtime/outbox/listener.js';
import type { FaitDeSeance } from '../reunions/index.js';
import { A_DEVELOPPER, type Contenu, type Statut } from './avis.js';

type Adresse = readonly [membreId: string, contenu: Contenu];

/**
 * Un avis par fait et par membre concerné. Pur.
 *
 * - La clé unique (séance, version, membre) fait qu'un fait n'avise personne deux fois.
 * - Sans courrier, l'avis naît `affichee` : la boîte d'envoi sur la page est la preuve, et rien n'est écrit deux fois.
 * - Un report concerne tous ceux qui sont là, que le fait ne nomme pas : un seul travail, développé ensuite (voir `expansion`).
 *   Ceux dont il raccourcit l'offre sont nommés : ils apprennent les deux à la fois, et le travail ne les avise pas de nouveau.
 */
export function ecouterPourAviser(courrier: boolean): Listener {
  const statut: Statut = courrier ? 'a_envoyer' : 'affichee';
  return {
    name: 'notifications',
    kinds: ['seance'],
    react({ stream, version, type, data, instant }, { newId, now }) {
      const fait = { type, ...data } as unknown as FaitDeSeance;
      const travaux: Effect[] = [];
      const origine = { stream, version, creee_le: instant, prochain_essai: now };
      if (fait.type === 'SeanceReportee') {
        const donnees = JSON.stringify({ debut: fait.debut, apres: 0 });
        travaux.push(ecrire({ ...origine, id: newId('not'), membre_id: '', gabarit: 'report', donnees, statut: A_DEVELOPPER }));
      }
      const avis = adresses(fait).map(([membreId, { gabarit, donnees }]) =>
        ecrire({ ...origine, id: newId('not'), membre_id: membreId, gabarit, donnees: JSON.stringify(donnees), statut }),
      );
      return [...travaux, ...avis];
    },
  };
}

function adresses(fait: FaitDeSeance): readonly Adresse[] {
  switch (fait.type) {
    case 'MembreInscrit':
    case 'OffreAcceptee':
      return [[fait.membreId, { gabarit: 'inscription', donnees: { prixCentimes: fait.prixCentimes } }]];
    case 'MembreMisEnAttente':
      return [[fait.membreId, { gabarit: 'attente', donnees: { rang: fait.rang } }]];
    case 'MembrePromu':
      return [[fait.membreId, { gabarit: 'promotion', donnees: { prixCentimes: fait.prixCentimes } }]];
    case 'PlaceOfferte':
      return [[fait.membreId, { gabarit: 'offre', donnees: { prixCentimes: fait.prixCentimes, expireLe: fait.expireLe } }]];
    case 'OffreExpiree':
      return [[fait.membreId, { gabarit: 'offre_expiree', donnees: {} }]];
    case 'OffreDeclinee':
      return [[fait.membreId, { gabarit: 'desistement', donnees: { depuis: 'offre', tardif: false } }]];
    case 'SeanceReportee':
      return (fait.offres ?? []).map(({ membreId, expireLe }): Adresse => [
        membreId,
        { gabarit: 'offre_raccourcie', donnees: { debut: fait.debut, expireLe } },
      ]);
    case 'MembreDesiste':
      return [[fait.membreId, { gabarit: 'desistement', donnees: { depuis: fait.depuis, tardif: fait.tardif ?? false } }]];
    case 'SeanceAnnulee':
      return annulations(fait);
    case 'SeancePlanifiee':
    case 'PlacesModifiees':
    case 'InscriptionsFermees':
    case 'InscriptionsRouvertes':
    case 'SeanceCloturee':
    case 'PresenceConstatee':
    case 'AbsenceConstatee':
      return [];
  }
}

/** Qui n'avait qu'une offre n'a rien payé : pour lui, c'est comme s'il attendait. */
function annulations({
  motifId,
  inscrits,
  offertes = [],
  enAttente,
}: Extract<FaitDeSeance, { type: 'SeanceAnnulee' }>): readonly Adresse[] {
  const annulation = (depuis: 'inscrits' | 'attente'): Contenu => ({ gabarit: 'annulation', donnees: { depuis, motifId } });
  const [inscrit, attendait] = [annulation('inscrits'), annulation('attente')];
  return [
    ...inscrits.map(({ membreId }): Adresse => [membreId, inscrit]),
    ...[...offertes, ...enAttente].map(({ membreId }): Adresse => [membreId, attendait]),
  ];
}

interface Ligne {
  readonly id: string;
  readonly stream: string;
  readonly version: number;
  readonly membre_id: string;
  readonly gabarit: string;
  readonly donnees: string;
  readonly statut: string;
  readonly prochain_essai: number;
  readonly creee_le: number;
}

function ecrire(ligne: Ligne): Effect {
  return { table: 'notification', insert: { ...ligne, essais: 0, envoyee_le: null, erreur: null } };
}
