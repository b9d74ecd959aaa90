// Ce dont l'ouvrage et ses prêts se souviennent, chacun de ses propres faits.
import type { MembreId } from '../membres/membre-id.js';
import { attendre, fileVide, quitter, type FileAttente } from './file-attente.js';
import type { Attente, Emprunt, ExemplaireId, Fait, FaitDe, FaitOuvrage, FaitPret, FicheOuvrage, Niveau, OuvrageId } from './mots.js';
import type { PretId, Reveil, StatutPret } from './mots.js';
import { estDuPret, evoluerPret, ouvert } from './pret.js';

/** Où est un exemplaire. Retiré, il n'est plus nulle part. */
export type Place =
  | { readonly statut: 'disponible' | 'en_reparation' | 'perdu' }
  | { readonly statut: 'prete'; readonly pretId: PretId; readonly membreId: MembreId }
  | ({ readonly statut: 'mis_de_cote'; readonly retraitAvant: string } & Attente);

/** Invariant : une réservation est dans la file ou mise de côté, jamais les deux ; `libres` et `emprunteurs` disent la même chose que les places. */
export interface Ouvrage {
  readonly id: OuvrageId;
  readonly fiche: FicheOuvrage;
  version: number;
  dernierNumero: number;
  dernierRang: number;
  readonly exemplaires: Map<ExemplaireId, Place>;
  /** Les disponibles, du plus longtemps en rayon au dernier revenu. */
  readonly libres: Set<ExemplaireId>;
  /** Combien d'exemplaires chaque membre a chez lui. */
  readonly emprunteurs: Map<MembreId, number>;
  readonly misesDeCote: Map<MembreId, ExemplaireId>;
  readonly attente: FileAttente;
}

/** Invariant : ni relance ni réveil hors d'un prêt en cours ; `relance` ne fait que monter. */
export interface Pret extends Emprunt {
  readonly id: PretId;
  readonly statut: StatutPret;
  readonly ouvertLe: string;
  readonly echeance: string;
  readonly prolongations: number;
  readonly rappele: boolean;
  readonly relance: 0 | Niveau;
  /** Les jours de retard qu'avait dits la dernière relance : elle est de ce jour-là. */
  readonly retardRelance: number | null;
  readonly reveil: Reveil | null;
  readonly renduLe: string | null;
  readonly retardJours: number | null;
  readonly version: number;
}

export interface Etat {
  ouvrage: Ouvrage | null;
  readonly prets: Map<PretId, Pret>;
  /** Ceux des prêts tenus qui sont clos, dans l'ordre où ils l'ont été. */
  readonly clos: Set<PretId>;
}

export function etatInitial(): Etat {
  return { ouvrage: null, prets: new Map(), clos: new Set() };
}

export function naissance(id: OuvrageId, fiche: FicheOuvrage): Ouvrage {
  return {
    id,
    fiche,
    version: 0,
    dernierNumero: 0,
    dernierRang: 0,
    exemplaires: new Map(),
    libres: new Set(),
    emprunteurs: new Map(),
    misesDeCote: new Map(),
    attente: fileVide(),
  };
}

export function evoluer(etat: Etat, fait: Fait, flux: string): Etat {
  if (estDuPret(fait)) return retenir(etat, suiteDuPret(etat.prets.get(flux), fait, flux));
  if (fait.type === 'OuvrageAjoute') {
    if (etat.ouvrage !== null) throw new Error('OuvrageAjoute deux fois : journal corrompu');
    etat.ouvrage = naissance(flux, ficheDe(fait));
    for (const [i, id] of fait.exemplaires.entries()) ajouter(etat.ouvrage, id, i + 1);
  } else {
    if (etat.ouvrage === null) throw new Error(`${fait.type} avant OuvrageAjoute : journal corrompu`);
    suiteDeLOuvrage(etat.ouvrage, fait);
  }
  etat.ouvrage.version += 1;
  return etat;
}

export function ficheDe({ titre, auteur, isbn }: FicheOuvrage): FicheOuvrage {
  return { titre, auteur, isbn };
}

function suiteDuPret(pret: Pret | undefined, fait: FaitPret, id: PretId): Pret {
  if ((pret === undefined) !== (fait.type === 'PretOuvert')) throw new Error(`${fait.type} hors de sa place : journal corrompu`);
  return fait.type === 'PretOuvert' ? ouvert(id, fait) : evoluerPret(pret!, fait);
}

function retenir(etat: Etat, pret: Pret): Etat {
  etat.prets.set(pret.id, pret);
  if (pret.statut !== 'en_cours') etat.clos.add(pret.id);
  return etat;
}

function suiteDeLOuvrage(ouvrage: Ouvrage, fait: Exclude<FaitOuvrage, FaitDe<'OuvrageAjoute'>>): void {
  switch (fait.type) {
    case 'ExemplaireAjoute':
      return ajouter(ouvrage, fait.exemplaireId, fait.numero);
    case 'ExemplaireRetire':
      if (fait.rendALaFile !== undefined) rendreALaFile(ouvrage, fait.rendALaFile);
      quitterSaPlace(ouvrage, fait.exemplaireId);
      return void ouvrage.exemplaires.delete(fait.exemplaireId);
    case 'ExemplairePrete':
      if (fait.rang !== undefined) oublierReservation(ouvrage, fait.membreId);
      return placer(ouvrage, fait.exemplaireId, { statut: 'prete', pretId: fait.pretId, membreId: fait.membreId });
    case 'ExemplaireRemisEnRayon':
      return placer(ouvrage, fait.exemplaireId, { statut: 'disponible' });
    case 'ExemplaireMisDeCote': {
      const { exemplaireId, membreId, rang, retraitAvant } = fait;
      quitter(ouvrage.attente, membreId);
      ouvrage.misesDeCote.set(membreId, exemplaireId);
      return placer(ouvrage, exemplaireId, { statut: 'mis_de_cote', membreId, rang, retraitAvant });
    }
    case 'ExemplaireEnReparation':
      return placer(ouvrage, fait.exemplaireId, { statut: 'en_reparation' });
    case 'ExemplaireDeclarePerdu':
      return placer(ouvrage, fait.exemplaireId, { statut: 'perdu' });
    case 'ReservationPosee':
      ouvrage.dernierRang = fait.rang;
      return attendre(ouvrage.attente, fait);
    case 'ReservationAnnulee':
    case 'RetraitExpire':
      return oublierReservation(ouvrage, fait.membreId);
    // Le fait suivant dit où va l'exemplaire.
    case 'ExemplaireRetrouve':
      return;
  }
}

function ajouter(ouvrage: Ouvrage, exemplaireId: ExemplaireId, numero: number): void {
  ouvrage.dernierNumero = numero;
  placer(ouvrage, exemplaireId, { statut: 'disponible' });
}

/** Un exemplaire n'est qu'à une place : il quitte l'ancienne. */
export function placer(ouvrage: Ouvrage, exemplaireId: ExemplaireId, place: Place): void {
  quitterSaPlace(ouvrage, exemplaireId);
  ouvrage.exemplaires.set(exemplaireId, place);
  if (place.statut === 'disponible') ouvrage.libres.add(exemplaireId);
  if (place.statut === 'prete') compter(ouvrage, place.membreId, 1);
}

function quitterSaPlace(ouvrage: Ouvrage, exemplaireId: ExemplaireId): void {
  ouvrage.libres.delete(exemplaireId);
  const place = ouvrage.exemplaires.get(exemplaireId);
  if (place?.statut === 'prete') compter(ouvrage, place.membreId, -1);
}

function compter({ emprunteurs }: Ouvrage, membreId: MembreId, de: 1 | -1): void {
  const combien = (emprunteurs.get(membreId) ?? 0) + de;
  if (combien === 0) emprunteurs.delete(membreId);
  else emprunteurs.set(membreId, combien);
}

function oublierReservation(ouvrage: Ouvrage, membreId: MembreId): void {
  ouvrage.misesDeCote.delete(membreId);
  quitter(ouvrage.attente, membreId);
}

function rendreALaFile(ouvrage: Ouvrage, attente: Attente): void {
  ouvrage.misesDeCote.delete(attente.membreId);
  attendre(ouvrage.attente, attente);
}
