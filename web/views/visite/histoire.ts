/** A séance told again from its facts alone, by rules written apart from those of the club. Pure. */

export interface Fait {
  readonly version: number;
  readonly type: string;
  readonly instant: string;
  readonly demandeId: string;
  readonly donnees: Readonly<Record<string, unknown>>;
}

export interface EnAttente {
  readonly membreId: string;
  readonly rang: number;
}

/** What was against the promise, at any version. */
interface Fautes {
  /** The most people seated beyond the places. */
  trop: number;
  doublons: number;
  ordre: number;
}

export interface Histoire {
  places: number;
  readonly inscrits: Set<string>;
  readonly offertes: Set<string>;
  attente: EnAttente[];
  version: number;
  readonly fautes: Fautes;
  /** Where the queue was when each fact was done, by version: how many waited. */
  readonly longueurs: Map<number, number>;
}

/** Whether this member has a seat, is offered one, or waits. */
export const present = ({ inscrits, offertes, attente }: Histoire, id: string): boolean =>
  inscrits.has(id) || offertes.has(id) || attente.some(({ membreId }) => membreId === id);

const texte = (fait: Fait, name: string): string => String((fait.donnees[name] as string | undefined) ?? '');
const nombre = (fait: Fait, name: string): number => Number(fait.donnees[name] ?? 0);

/** `gel`: from that instant nobody is promoted any more, and who waits may wait before a free place. It moves with the date of the séance. */
export function raconter(faits: readonly Fait[], gel: string): Histoire {
  const histoire: Histoire = {
    places: 0,
    inscrits: new Set(),
    offertes: new Set(),
    attente: [],
    version: 0,
    fautes: { trop: 0, doublons: 0, ordre: 0 },
    longueurs: new Map(),
  };
  const rangs = { dernier: 0 };
  const avance = Date.parse(faits.findLast(datee)?.donnees['debut'] as string) - Date.parse(gel);
  let limite = 0;
  faits.forEach((fait, i) => {
    if (fait.version !== histoire.version + 1) histoire.fautes.ordre++;
    if (datee(fait)) limite = Date.parse(texte(fait, 'debut')) - avance;
    if (!aSonTour(histoire, fait, faits[i - 1], limite)) histoire.fautes.ordre++;
    avancer(histoire, fait, rangs);
    const pris = histoire.inscrits.size + histoire.offertes.size;
    const fini = faits[i + 1]?.demandeId !== fait.demandeId;
    if (fini && pris < histoire.places && histoire.attente.length > 0 && Date.parse(fait.instant) < limite) histoire.fautes.ordre++;
    histoire.fautes.trop = Math.max(histoire.fautes.trop, pris - histoire.places);
    histoire.version = fait.version;
    histoire.longueurs.set(fait.version, histoire.attente.length);
  });
  return histoire;
}

const datee = ({ donnees }: Fait): boolean => typeof donnees['debut'] === 'string';

/** Nobody passes those who wait, and nobody is promoted once the séance is frozen, but by hand. */
function aSonTour({ attente }: Histoire, fait: Fait, before: Fait | undefined, limite: number): boolean {
  if (fait.type === 'MembreInscrit') return attente.length === 0 || ajoutee(before, fait);
  if (fait.type !== 'MembrePromu' && fait.type !== 'PlaceOfferte') return true;
  return fait.donnees['horsRang'] === true || (attente[0]?.membreId === texte(fait, 'membreId') && Date.parse(fait.instant) < limite);
}

/** A place was added for this very person: it is no one else's turn. */
const ajoutee = (before: Fait | undefined, { demandeId }: Fait): boolean =>
  before?.type === 'PlacesModifiees' && before.demandeId === demandeId;

function avancer(histoire: Histoire, fait: Fait, rangs: { dernier: number }): void {
  const membreId = texte(fait, 'membreId');
  switch (fait.type) {
    case 'SeancePlanifiee':
    case 'PlacesModifiees':
      histoire.places = nombre(fait, 'places');
      return;
    case 'MembreInscrit':
      return entrer(histoire, membreId, () => histoire.inscrits.add(membreId));
    case 'MembreMisEnAttente':
      if (nombre(fait, 'rang') <= rangs.dernier) histoire.fautes.ordre++;
      rangs.dernier = nombre(fait, 'rang');
      return entrer(histoire, membreId, () => histoire.attente.push({ membreId, rang: rangs.dernier }));
    case 'MembrePromu':
    case 'PlaceOfferte':
      sortir(histoire, membreId);
      (fait.type === 'MembrePromu' ? histoire.inscrits : histoire.offertes).add(membreId);
      return;
    case 'OffreAcceptee':
      sortir(histoire, membreId);
      histoire.inscrits.add(membreId);
      return;
    case 'MembreDesiste':
    case 'OffreDeclinee':
    case 'OffreExpiree':
      return sortir(histoire, membreId);
    case 'SeanceAnnulee':
      histoire.inscrits.clear();
      histoire.offertes.clear();
      histoire.attente = [];
  }
}

function entrer(histoire: Histoire, membreId: string, enter: () => void): void {
  if (present(histoire, membreId)) histoire.fautes.doublons++;
  enter();
}

/** Who is not there leaves a second time. */
function sortir(histoire: Histoire, membreId: string): void {
  if (!present(histoire, membreId)) histoire.fautes.doublons++;
  histoire.inscrits.delete(membreId);
  histoire.offertes.delete(membreId);
  histoire.attente = histoire.attente.filter((one) => one.membreId !== membreId);
}
