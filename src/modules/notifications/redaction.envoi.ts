import { aDire, type AvisGroupe, type ContenuDePret, dePret, groupe } from './avis-prets.js';
import type { Avis } from './avis.js';
import { type ContexteDePret, rendrePret } from './gabarits-prets.js';
import { rendre } from './gabarits.js';
import type { Langue, Message } from './langue.js';
import type { Agenda, Annuaire, Rayons } from './lectures.envoi.js';

/** À qui et comment un avis se rédige. */
export interface Redaction {
  readonly annuaire: Annuaire;
  readonly agenda: Agenda;
  readonly rayons: Rayons;
  /** Les jours des prêts sont ceux du club. */
  readonly fuseau: string;
  readonly langue: Langue;
}

/** Un avis prêt à partir ; `null` pour qui s'est effacé. */
export type Pli = {
  readonly nom: string;
  readonly adresse: string | null;
  /** Null quand plus rien de ce qu'il disait n'est vrai. */
  readonly message: Message | null;
  /** D'un récapitulatif : les avis qu'il dit. */
  readonly dits: readonly string[];
} | null;

/**
 * Lit d'abord tout ce que demande un lot d'avis : une lecture qui échoue est la faute de la base, et le lot attend.
 * Ce qu'elle rend écrit un avis sans plus rien lire : s'il échoue, c'est la faute de cet avis-là.
 * `tel`: un récapitulatif dit tout ce qu'il contient, au lieu de ce qui est encore vrai.
 */
export async function rediger(avis: readonly Avis[], sources: Redaction, tel = false): Promise<(un: Avis) => Pli> {
  const membres = await sources.annuaire.coordonnees([...new Set(avis.map((un) => un.membreId))]);
  const seances = await sources.agenda.seances([...new Set(avis.filter((un) => !dePret(un)).map((un) => un.stream))]);
  const prets = await suivre(avis, sources);
  const precisions = new Map<string, Precisions>();
  for (const un of avis) precisions.set(un.id, await preciser(un, sources.agenda));
  return (un) => {
    const membre = membres.get(un.membreId);
    if (membre === undefined) return null;
    const { nom, courriel: adresse } = membre;
    if (dePret(un)) return { nom, adresse, ...direPret(un, { ...prets, nom }, tel) };
    const seance = seances.get(un.stream);
    if (seance === undefined) throw new Error(`aucune séance ${un.stream}`);
    return { nom, adresse, message: rendre(un, { nom, seance, ...precisions.get(un.id) }), dits: [] };
  };
}

/** Les ouvrages et les prêts dont parlent ces avis. */
export async function suivre(avis: readonly Avis[], { rayons, fuseau, langue }: Redaction): Promise<Omit<ContexteDePret, 'nom'>> {
  const groupes = avis.flatMap(groupesDe);
  const directs = avis.filter((un) => dePret(un) && groupesDe(un).length === 0).map((un) => un.stream);
  const ouvrages = await rayons.ouvrages([...new Set([...directs, ...groupes.map((un) => un.donnees.ouvrageId)])]);
  const prets = await rayons.prets([...new Set(groupes.map((un) => un.stream))]);
  return { ouvrages, prets, fuseau, langue };
}

function groupesDe(avis: Avis): readonly AvisGroupe[] {
  if (avis.gabarit === 'recapitulatif') return avis.donnees.avis;
  return groupe(avis.gabarit) ? [avis as AvisGroupe] : [];
}

function direPret(avis: Avis & ContenuDePret, contexte: ContexteDePret, tel: boolean): Pick<NonNullable<Pli>, 'message' | 'dits'> {
  if (avis.gabarit !== 'recapitulatif') return { message: rendrePret(avis, contexte), dits: [] };
  const dits = tel ? avis.donnees.avis : aDire(avis.donnees.avis, contexte.prets);
  const message = dits.length === 0 ? null : rendrePret({ ...avis, donnees: { avis: dits } }, contexte);
  return { message, dits: dits.map(({ id }) => id) };
}

interface Precisions {
  readonly position?: number | null;
  readonly motif?: string | null;
}

async function preciser(avis: Avis, agenda: Agenda): Promise<Precisions> {
  if (avis.gabarit === 'attente') return { position: await agenda.position(avis.stream, avis.donnees.rang) };
  if (avis.gabarit === 'annulation') return { motif: await agenda.motif(avis.donnees.motifId) };
  return {};
}
