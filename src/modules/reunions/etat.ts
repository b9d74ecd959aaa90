// Ce que la séance retient de ses faits, et comment on la met de côté pour la retrouver sans tout relire.
import type { MembreId } from '../membres/membre-id.js';
import { fileVide, premiers, quitter, rejoindre } from './file-attente.js';
import { iso } from './temps.js';
import type { Fait, FaitDe, Fiche, Inscription, PlaceGardee, Planifiee, Presence, Seance } from './mots.js';

export function evoluer(seance: Seance, fait: Fait): Planifiee {
  if (fait.type === 'SeancePlanifiee') {
    if (seance !== null) throw new Error('SeancePlanifiee deux fois : journal corrompu');
    return naissance(fait);
  }
  if (seance === null) throw new Error(`${fait.type} avant SeancePlanifiee : journal corrompu`);
  seance.version += 1;
  if (!('membreId' in fait)) return suite(seance, fait);
  deplacer(seance, fait);
  return seance;
}

export function ficheDe({ id, titre, lieu, debut, fin, fuseau, places, prixCentimes, paiement, listeAttenteMax }: Fiche): Fiche {
  return { id, titre, lieu, debut, fin, fuseau, places, prixCentimes, paiement, listeAttenteMax };
}

function naissance(source: Fiche): Planifiee {
  const fiche = ficheDe(source);
  return {
    fiche,
    debutMs: Date.parse(fiche.debut),
    finMs: Date.parse(fiche.fin),
    statut: 'ouverte',
    version: 1,
    dernierRang: 0,
    inscrits: new Map(),
    offertes: new Map(),
    expirees: new Set(),
    presences: new Map(),
    attente: fileVide(),
  };
}

type FaitDInscription = Extract<Fait, { membreId: MembreId }>;

function suite(seance: Planifiee, fait: Exclude<Fait, FaitDInscription | FaitDe<'SeancePlanifiee'>>): Planifiee {
  switch (fait.type) {
    case 'PlacesModifiees':
      return refaire(seance, { places: fait.places });
    case 'InscriptionsFermees':
      seance.statut = 'fermee';
      return seance;
    case 'InscriptionsRouvertes':
      seance.statut = 'ouverte';
      return seance;
    case 'SeanceReportee':
      seance.debutMs = Date.parse(fait.debut);
      seance.finMs = Date.parse(fait.fin);
      for (const offre of fait.offres ?? []) garder(seance, offre);
      return refaire(seance, { debut: fait.debut, fin: fait.fin });
    case 'SeanceAnnulee':
      return { ...seance, statut: 'annulee', inscrits: new Map(), offertes: new Map(), presences: new Map(), attente: fileVide() };
    case 'SeanceCloturee':
      seance.statut = 'cloturee';
      return seance;
  }
}

/** Un membre n'est jamais qu'à un endroit : inscrit, devant une offre, en attente, ou nulle part. */
function deplacer(seance: Planifiee, fait: FaitDInscription): void {
  const { membreId } = fait;
  switch (fait.type) {
    case 'MembreInscrit':
      return void seance.inscrits.set(membreId, seance.version);
    case 'MembreMisEnAttente':
      seance.dernierRang = fait.rang;
      return rejoindre(seance.attente, membreId, seance.version);
    case 'MembreDesiste':
      return fait.depuis === 'attente' ? quitter(seance.attente, membreId) : liberer(seance, membreId);
    case 'MembrePromu':
      quitter(seance.attente, membreId);
      return void seance.inscrits.set(membreId, fait.entree);
    case 'PlaceOfferte':
      quitter(seance.attente, membreId);
      seance.expirees.delete(membreId);
      return garder(seance, fait);
    case 'OffreAcceptee':
      seance.offertes.delete(membreId);
      return void seance.inscrits.set(membreId, fait.entree);
    case 'OffreDeclinee':
      return void seance.offertes.delete(membreId);
    case 'OffreExpiree':
      seance.offertes.delete(membreId);
      return void seance.expirees.add(membreId);
    case 'PresenceConstatee':
      return void seance.presences.set(membreId, 'presente');
    case 'AbsenceConstatee':
      return void seance.presences.set(membreId, fait.excusee ? 'absence_excusee' : 'absente');
  }
}

function liberer(seance: Planifiee, membreId: MembreId): void {
  seance.inscrits.delete(membreId);
  seance.presences.delete(membreId);
}

function garder(seance: Planifiee, { membreId, entree, expireLe }: PlaceGardee): void {
  seance.offertes.set(membreId, { entree, expireMs: Date.parse(expireLe) });
}

function refaire(seance: Planifiee, changement: Partial<Fiche>): Planifiee {
  seance.fiche = { ...seance.fiche, ...changement };
  return seance;
}

interface Cliche extends Pick<Planifiee, 'fiche' | 'statut' | 'version' | 'dernierRang'> {
  readonly inscrits: readonly Inscription[];
  readonly offertes: readonly PlaceGardee[];
  readonly expirees: readonly MembreId[];
  readonly presences: readonly (readonly [MembreId, Presence])[];
  readonly enAttente: readonly Inscription[];
}

/** Un cliché n'est repris qu'après deux faits par membre : son coût reste celui des faits. */
export function faitsEntreCliches(seance: Seance): number {
  if (seance === null) return 500;
  const { inscrits, offertes, expirees, attente } = seance;
  return Math.max(500, 2 * (inscrits.size + offertes.size + expirees.size + attente.entrees.size));
}

export function encoder(seance: Seance): Cliche | null {
  if (seance === null) return null;
  const { fiche, statut, version, dernierRang, attente } = seance;
  return {
    fiche: { ...fiche },
    statut,
    version,
    dernierRang,
    inscrits: Array.from(seance.inscrits, ([membreId, entree]) => ({ membreId, entree })),
    offertes: Array.from(seance.offertes, ([membreId, { entree, expireMs }]) => ({ membreId, entree, expireLe: iso(expireMs) })),
    expirees: [...seance.expirees],
    presences: [...seance.presences],
    enAttente: premiers(attente, attente.entrees.size),
  };
}

export function decoder(json: unknown): Seance {
  const cliche = json as Cliche | null;
  if (cliche === null) return null;
  const { fiche, statut, version, dernierRang, inscrits, offertes, expirees, presences, enAttente } = cliche;
  const attente = fileVide();
  for (const { membreId, entree } of enAttente) rejoindre(attente, membreId, entree);
  const seance: Planifiee = {
    ...naissance(fiche),
    statut,
    version,
    dernierRang,
    inscrits: new Map(inscrits.map(({ membreId, entree }) => [membreId, entree])),
    expirees: new Set(expirees),
    presences: new Map(presences),
    attente,
  };
  for (const offre of offertes) garder(seance, offre);
  return seance;
}
