// Ce que l'on répond à qui demande.
import type { MembreId } from '../membres/membre-id.js';
import { placesRestantes } from './places.js';
import type { Demande, Fait, Fiche, Planifiee, Seance } from './seance.js';

export interface RessourceSeance extends Fiche {
  readonly statut: Planifiee['statut'];
  readonly placesRestantes: number;
  readonly inscrits: number;
  readonly enAttente: number;
  readonly version: number;
}

export interface ReponseInscription {
  readonly statut: 'inscrite' | 'en_attente';
  readonly rang?: number;
  readonly position?: number;
  readonly placesRestantes: number;
  readonly version: number;
}

export interface ReponseDesistement {
  readonly promu: MembreId | null;
  readonly placesRestantes: number;
  readonly version: number;
}

export type Reponse = RessourceSeance | ReponseInscription | ReponseDesistement;

export function repondre(seance: Seance, faits: readonly Fait[], demande: Demande): Reponse {
  if (seance === null) throw new Error(`${demande.type} acceptée sans séance`);
  switch (demande.type) {
    case 'inscrire':
      return reponseInscription(seance, faits);
    case 'desister':
      return reponseDesistement(seance, faits);
    case 'planifier':
    case 'modifierPlaces':
    case 'ajouterPlacePour':
    case 'promouvoirHorsRang':
    case 'fermerInscriptions':
    case 'rouvrirInscriptions':
    case 'reporter':
    case 'annuler':
    case 'constaterPresence':
    case 'constaterAbsence':
      return ressource(seance);
  }
}

export function ressource(seance: Planifiee): RessourceSeance {
  const { fiche, statut, version, inscrits, attente } = seance;
  return {
    ...fiche,
    statut,
    placesRestantes: placesRestantes(seance),
    inscrits: inscrits.size,
    enAttente: attente.entrees.size,
    version,
  };
}

function reponseInscription(seance: Planifiee, faits: readonly Fait[]): ReponseInscription {
  const fin = { placesRestantes: placesRestantes(seance), version: seance.version };
  const attente = faits.find((fait) => fait.type === 'MembreMisEnAttente');
  if (attente === undefined) return { statut: 'inscrite', ...fin };
  return { statut: 'en_attente', rang: attente.rang, position: seance.attente.entrees.size, ...fin };
}

function reponseDesistement(seance: Planifiee, faits: readonly Fait[]): ReponseDesistement {
  const promotion = faits.find((fait) => fait.type === 'MembrePromu');
  return { promu: promotion?.membreId ?? null, placesRestantes: placesRestantes(seance), version: seance.version };
}
