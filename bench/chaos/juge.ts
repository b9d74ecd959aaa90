/**
 * Ce que la base dit d'une séance, confronté à ce qui a été répondu. Pur, et sans une ligne du code jugé :
 * tout est recalculé des lignes telles qu'elles sont.
 */
import { isDeepStrictEqual } from 'node:util';

/** Une réponse reçue par un lecteur. */
export interface Accuse {
  readonly cle: string;
  readonly membreId: string;
  readonly geste: 'inscrire' | 'desister';
  readonly statut: number;
  readonly corps: Readonly<Record<string, unknown>>;
}

export interface LigneDeFait {
  readonly version: number;
  readonly type: string;
  readonly demande: string;
  readonly donnees: Readonly<Record<string, unknown>>;
}

export interface LigneDInscription {
  readonly entree: number;
  readonly membreId: string;
  readonly statut: string;
  readonly rang: number | null;
}

/** Les lignes d'une séance, lues par une connexion à part. */
export interface Releve {
  readonly places: number;
  readonly prises: number;
  readonly enAttente: number;
  readonly version: number;
  readonly tete: number;
  readonly publiee: number;
  readonly faits: readonly LigneDeFait[];
  readonly inscriptions: readonly LigneDInscription[];
  /** Les réponses gardées, par clé. */
  readonly reponses: ReadonlyMap<string, unknown>;
  /** Les entrées payées, une ligne par paiement. */
  readonly paiements: readonly number[];
}

/** Un chiffre ; `faute` : combien sont de trop, zéro quand tout va bien. */
export interface Constat {
  readonly quoi: string;
  readonly valeur: number;
  readonly faute?: number;
}

export function juger(releve: Releve, accuses: readonly Accuse[]): Constat[] {
  const { places, inscriptions } = releve;
  const assis = inscriptions.filter(({ statut }) => !['annulee', 'expiree', 'en_attente'].includes(statut));
  const attendent = inscriptions.filter(({ statut }) => statut === 'en_attente');
  const recit = raconter(releve);
  const acceptes = accuses.filter(({ statut }) => statut < 300);
  const faute = (quoi: string, combien: number): Constat => ({ quoi, valeur: combien, faute: combien });
  return [
    { quoi: 'inscrits', valeur: assis.length },
    { quoi: 'en attente', valeur: attendent.length },
    { quoi: 'promotions', valeur: recit.promotions },
    { quoi: 'réponses reçues', valeur: accuses.length },
    faute('places en trop', Math.max(0, assis.length - places, recit.plusDAssis - places)),
    faute('places vides devant une attente', Math.min(attendent.length, Math.max(0, places - assis.length))),
    faute('lecteurs en double', doubles(inscriptions.filter(({ statut }) => statut !== 'annulee').map(({ membreId }) => membreId))),
    faute('demandes faites deux fois', doubles(releve.faits.filter(({ type }) => type !== 'MembrePromu').map(({ demande }) => demande))),
    faute('réponses perdues', acceptes.filter((accuse) => !tenue(accuse, releve)).length),
    faute('refus qui laissent une trace', accuses.filter((accuse) => accuse.statut >= 400 && trace(accuse, releve)).length),
    faute('rangs et promotions dans le désordre', recit.desordres),
    faute('écarts entre les tables et les faits', ecarts(releve, recit, assis.length, attendent.length)),
    faute('paiements manquants ou doubles', paiementsFaux(releve)),
  ];
}

interface Recit {
  readonly assis: ReadonlyMap<string, number>;
  readonly file: readonly string[];
  readonly plusDAssis: number;
  readonly promotions: number;
  readonly desordres: number;
}

/** Rejoue les faits un à un, à la façon d'un greffier. */
function raconter({ faits }: Releve): Recit {
  const assis = new Map<string, number>();
  const file: string[] = [];
  let [plusDAssis, promotions, desordres, dernierRang] = [0, 0, 0, 0];
  for (const [i, { version, type, donnees }] of faits.entries()) {
    if (version !== i + 1) desordres++;
    const membre = String(donnees['membreId']);
    if (type === 'MembreInscrit') {
      if (file.length > 0) desordres++;
      assis.set(membre, version);
    } else if (type === 'MembreMisEnAttente') {
      const rang = Number(donnees['rang']);
      if (rang <= dernierRang) desordres++;
      dernierRang = rang;
      file.push(membre);
    } else if (type === 'MembrePromu') {
      promotions++;
      if (file[0] !== membre) desordres++;
      if (file.includes(membre)) file.splice(file.indexOf(membre), 1);
      assis.set(membre, Number(donnees['entree']));
    } else if (type === 'MembreDesiste') {
      if (!assis.delete(membre) && file.includes(membre)) file.splice(file.indexOf(membre), 1);
    }
    plusDAssis = Math.max(plusDAssis, assis.size);
  }
  return { assis, file, plusDAssis, promotions, desordres };
}

/** L'accusé est dans la base : la même réponse gardée, et le fait qu'elle annonce, à sa version, pour ce lecteur. */
function tenue({ cle, membreId, geste, corps }: Accuse, { reponses, faits }: Releve): boolean {
  if (!isDeepStrictEqual(reponses.get(cle), corps)) return false;
  const siens = faits.filter(({ demande, donnees }) => demande === cle && donnees['membreId'] === membreId);
  if (geste === 'desister') return siens.some(({ type }) => type === 'MembreDesiste');
  const attendu = corps['statut'] === 'inscrite' ? 'MembreInscrit' : 'MembreMisEnAttente';
  return siens.some(({ type, version, donnees }) => type === attendu && version === corps['version'] && donnees['rang'] === corps['rang']);
}

function trace({ cle }: Accuse, { reponses, faits }: Releve): boolean {
  return reponses.has(cle) || faits.some(({ demande }) => demande === cle);
}

function doubles(valeurs: readonly string[]): number {
  return valeurs.length - new Set(valeurs).size;
}

function ecarts(releve: Releve, { assis, file }: Recit, nAssis: number, nAttente: number): number {
  const { inscriptions, faits, prises, enAttente, version, tete } = releve;
  const selonTable = inscriptions
    .filter(({ statut }) => statut === 'inscrite')
    .map(({ membreId, entree }) => `${membreId} ${entree}`)
    .toSorted();
  const selonFaits = [...assis].map(([membre, entree]) => `${membre} ${entree}`).toSorted();
  const fileSelonTable = inscriptions
    .filter(({ statut }) => statut === 'en_attente')
    .toSorted((a, b) => (a.rang ?? 0) - (b.rang ?? 0))
    .map(({ membreId }) => membreId);
  const accords = [
    isDeepStrictEqual(selonTable, selonFaits),
    isDeepStrictEqual(fileSelonTable, file),
    prises === nAssis,
    enAttente === nAttente,
    version === faits.length,
    tete === faits.length,
  ];
  return accords.filter((accord) => !accord).length;
}

/** Une séance payante doit un paiement à chaque entrée qui a eu une place, et un seul, une fois tout publié. */
function paiementsFaux({ faits, paiements, publiee, tete }: Releve): number {
  const dus = faits.flatMap(({ type, version, donnees }) =>
    type === 'MembreInscrit' ? [version] : type === 'MembrePromu' ? [Number(donnees['entree'])] : [],
  );
  const ecrits = new Set(paiements);
  const manquants = dus.filter((entree) => !ecrits.has(entree)).length;
  const enTrop = paiements.length - new Set(dus.filter((entree) => ecrits.has(entree))).size;
  return manquants + enTrop + (tete - publiee);
}
