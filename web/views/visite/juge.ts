/**
 * The tour's judge: from what the club wrote down and lists, whether it kept its word. Pure, and written apart from the club's own rules.
 *
 * The answers that the page got are what is judged, never what it judges by.
 */
import { type Fait, type Histoire, raconter } from './histoire';
import { tenable } from './refus';
import { avis, paiements } from './suites';

export type Geste = 'inscrire' | 'desister';

/** One demande of the tour, and what it was answered. Times are of the page's own clock, ms. */
export interface Reponse {
  readonly cle: string;
  readonly geste: Geste;
  readonly membreId: string;
  readonly partie: number;
  readonly recue: number;
  readonly issue:
    | {
        readonly est: 'faite';
        readonly statut?: string;
        readonly rang?: number;
        readonly position?: number;
        readonly promu?: string | null;
        readonly version: number;
      }
    | { readonly est: 'refusee'; readonly code: string }
    /** Nobody answered in time. */
    | { readonly est: 'perdue' };
}

export interface Entree {
  readonly membreId: string;
  readonly statut: string;
  readonly rang?: number | undefined;
  readonly position?: number | undefined;
}

/** What the club says of one séance. */
export interface Releve {
  readonly seance: {
    readonly id: string;
    readonly places: number;
    readonly inscrits: number;
    readonly offertes: number;
    readonly enAttente: number;
    readonly version: number;
    readonly prixCentimes: number;
    readonly gel: string;
  };
  /** Entries of every state. */
  readonly inscriptions: readonly Entree[];
  readonly faits: readonly Fait[];
  readonly paiements: readonly { readonly membreId: string; readonly statut: string; readonly montantCentimes: number }[];
  readonly notifications: readonly { readonly membreId: string; readonly gabarit: string }[];
  /** Whose payments and notices were read. */
  readonly membres: readonly string[];
}

export type Quoi = 'places' | 'doublons' | 'ordre' | 'effets' | 'reponses' | 'listes' | 'paiements' | 'avis';

/** One thing that was checked, with its figures. */
export interface Constat<Q extends string = string> {
  readonly quoi: Q;
  readonly bon: boolean;
  readonly valeurs: Readonly<Record<string, number | string>>;
}

export function juger(releve: Releve, reponses: readonly Reponse[]): Constat<Quoi>[] {
  const histoire = raconter(releve.faits, releve.seance.gel);
  return [
    places(releve, histoire),
    doublons(releve, histoire),
    ordre(releve, histoire, reponses),
    effets(releve, reponses),
    justesse(releve, histoire, reponses),
    listes(releve, histoire),
    paiements(releve, histoire),
    avis(releve),
  ];
}

const GESTES = ['MembreInscrit', 'MembreMisEnAttente', 'MembreDesiste', 'OffreDeclinee'];
const vivante = ({ statut }: Entree): boolean => statut === 'inscrite' || statut === 'offerte' || statut === 'en_attente';

function places({ seance, inscriptions }: Releve, { fautes }: Histoire): Constat<Quoi> {
  const n = inscriptions.filter(({ statut }) => statut === 'inscrite').length;
  const offertes = inscriptions.filter(({ statut }) => statut === 'offerte').length;
  const attente = inscriptions.filter(({ statut }) => statut === 'en_attente').length;
  const trop = Math.max(0, fautes.trop, n + offertes - seance.places);
  return { quoi: 'places', bon: trop === 0, valeurs: { n, places: seance.places, attente, trop } };
}

function doublons({ inscriptions }: Releve, { fautes }: Histoire): Constat<Quoi> {
  const live = inscriptions.filter(vivante);
  const n = fautes.doublons + live.length - new Set(live.map(({ membreId }) => membreId)).size;
  return { quoi: 'doublons', bon: n === 0, valeurs: { n } };
}

/** The queue grows at its tail and empties at its head; and whoever had the answer before another asked comes before that one. */
function ordre({ inscriptions }: Releve, { fautes, attente }: Histoire, reponses: readonly Reponse[]): Constat<Quoi> {
  const listed = inscriptions.filter(({ statut }) => statut === 'en_attente');
  const wrong = listed.filter(
    ({ membreId, rang, position }, i) => position !== i + 1 || attente[i]?.membreId !== membreId || attente[i].rang !== rang,
  );
  const n = fautes.ordre + wrong.length + inversions(reponses);
  return { quoi: 'ordre', bon: n === 0, valeurs: { n, attente: listed.length } };
}

function inversions(reponses: readonly Reponse[]): number {
  const done = reponses.flatMap(({ partie, recue, issue }) => (issue.est === 'faite' ? [{ partie, recue, version: issue.version }] : []));
  return done.filter((late) => done.some((early) => early.recue < late.partie && early.version >= late.version)).length;
}

/** A demande that was accepted has one effect; one that was refused, or that nobody made, none. One without an answer, one at most. */
function effets({ faits }: Releve, reponses: readonly Reponse[]): Constat<Quoi> {
  const done = new Map<string, number>();
  for (const { type, demandeId } of faits) if (GESTES.includes(type)) done.set(demandeId, (done.get(demandeId) ?? 0) + 1);
  const twice = [...done.values()].filter((n) => n > 1).length;
  const wrong = reponses.filter(({ cle, issue }) => {
    const n = done.get(cle) ?? 0;
    return issue.est === 'perdue' ? n > 1 : n !== (issue.est === 'faite' ? 1 : 0);
  });
  return { quoi: 'effets', bon: twice + wrong.length === 0, valeurs: { n: twice + wrong.length, total: reponses.length } };
}

function justesse({ faits, seance }: Releve, histoire: Histoire, reponses: readonly Reponse[]): Constat<Quoi> {
  const n = reponses.filter(({ issue }) => issue.est !== 'perdue').length;
  const told = (upTo: number): Histoire => raconter(faits.slice(0, upTo), seance.gel);
  const justes = reponses.filter((one) =>
    one.issue.est === 'refusee' ? tenable(one, reponses, faits.length, told) : juste(one, faits, histoire),
  ).length;
  return { quoi: 'reponses', bon: justes === reponses.length, valeurs: { n, justes, total: reponses.length } };
}

function juste({ cle, geste, membreId, issue }: Reponse, faits: readonly Fait[], { longueurs }: Histoire): boolean {
  if (issue.est !== 'faite') return false;
  const mine = faits.filter(({ demandeId }) => demandeId === cle);
  // The answer tells the version that the whole demande led to.
  if (mine.at(-1)?.version !== issue.version) return false;
  const about = mine.find(({ donnees }) => donnees['membreId'] === membreId);
  if (geste === 'desister')
    return (
      (about?.type === 'MembreDesiste' || about?.type === 'OffreDeclinee') &&
      (mine.find(({ type }) => type === 'MembrePromu')?.donnees['membreId'] ?? null) === (issue.promu ?? null)
    );
  if (about?.type === 'MembreInscrit') return issue.statut === 'inscrite';
  return (
    about?.type === 'MembreMisEnAttente' &&
    issue.statut === 'en_attente' &&
    issue.rang === about.donnees['rang'] &&
    issue.position === longueurs.get(about.version)
  );
}

/** What is listed is what the facts lead to. */
function listes({ seance, inscriptions, faits }: Releve, histoire: Histoire): Constat<Quoi> {
  const listed = (statut: string): string =>
    inscriptions
      .filter((one) => one.statut === statut)
      .map(({ membreId }) => membreId)
      .toSorted()
      .join();
  const told = (ids: Iterable<string>): string => [...ids].toSorted().join();
  const bon =
    listed('inscrite') === told(histoire.inscrits) &&
    listed('offerte') === told(histoire.offertes) &&
    listed('en_attente') === told(histoire.attente.map(({ membreId }) => membreId)) &&
    [seance.inscrits, seance.offertes, seance.enAttente].join() ===
      [histoire.inscrits.size, histoire.offertes.size, histoire.attente.length].join() &&
    seance.version === histoire.version &&
    seance.places === histoire.places;
  return { quoi: 'listes', bon, valeurs: { n: faits.length } };
}
