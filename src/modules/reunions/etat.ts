// Ce que la séance retient de ses faits, et comment on la met de côté pour la retrouver sans tout relire.
import type { MembreId } from '../membres/membre-id.js';
import { fileVide, premiers, quitter, rejoindre } from './file-attente.js';
import type { Fait, Fiche, Inscription, Planifiee, Presence, Seance } from './seance.js';

export function evoluer(seance: Seance, fait: Fait): Planifiee {
  if (fait.type === 'SeancePlanifiee') {
    if (seance !== null) throw new Error('SeancePlanifiee deux fois : journal corrompu');
    return naissance(fait);
  }
  if (seance === null) throw new Error(`${fait.type} avant SeancePlanifiee : journal corrompu`);
  seance.version += 1;
  return suite(seance, fait);
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
    presences: new Map(),
    attente: fileVide(),
  };
}

function suite(seance: Planifiee, fait: Exclude<Fait, { type: 'SeancePlanifiee' }>): Planifiee {
  switch (fait.type) {
    case 'MembreInscrit':
      seance.inscrits.set(fait.membreId, seance.version);
      return seance;
    case 'MembreMisEnAttente':
      seance.dernierRang = fait.rang;
      rejoindre(seance.attente, fait.membreId, seance.version);
      return seance;
    case 'MembreDesiste':
      if (fait.depuis === 'attente') quitter(seance.attente, fait.membreId);
      else liberer(seance, fait.membreId);
      return seance;
    case 'MembrePromu':
      quitter(seance.attente, fait.membreId);
      seance.inscrits.set(fait.membreId, fait.entree);
      return seance;
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
      return refaire(seance, { debut: fait.debut, fin: fait.fin });
    case 'SeanceAnnulee':
      return { ...seance, statut: 'annulee', inscrits: new Map(), presences: new Map(), attente: fileVide() };
    case 'PresenceConstatee':
      seance.presences.set(fait.membreId, 'presente');
      return seance;
    case 'AbsenceConstatee':
      seance.presences.set(fait.membreId, fait.excusee ? 'absence_excusee' : 'absente');
      return seance;
  }
}

function liberer(seance: Planifiee, membreId: MembreId): void {
  seance.inscrits.delete(membreId);
  seance.presences.delete(membreId);
}

function refaire(seance: Planifiee, changement: Partial<Fiche>): Planifiee {
  seance.fiche = { ...seance.fiche, ...changement };
  return seance;
}

interface Cliche extends Pick<Planifiee, 'fiche' | 'statut' | 'version' | 'dernierRang'> {
  readonly inscrits: readonly Inscription[];
  readonly presences: readonly (readonly [MembreId, Presence])[];
  readonly enAttente: readonly Inscription[];
}

/** Un cliché n'est repris qu'après deux faits par membre : son coût reste celui des faits. */
export function faitsEntreCliches(seance: Seance): number {
  return seance === null ? 500 : Math.max(500, 2 * (seance.inscrits.size + seance.attente.entrees.size));
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
    presences: [...seance.presences],
    enAttente: premiers(attente, attente.entrees.size),
  };
}

export function decoder(json: unknown): Seance {
  const cliche = json as Cliche | null;
  if (cliche === null) return null;
  const { fiche, statut, version, dernierRang, inscrits, presences, enAttente } = cliche;
  const attente = fileVide();
  for (const { membreId, entree } of enAttente) rejoindre(attente, membreId, entree);
  return {
    ...naissance(fiche),
    statut,
    version,
    dernierRang,
    inscrits: new Map(inscrits.map(({ membreId, entree }) => [membreId, entree])),
    presences: new Map(presences),
    attente,
  };
}
