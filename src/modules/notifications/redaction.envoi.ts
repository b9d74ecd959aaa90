import type { Avis } from './avis.js';
import { type Message, rendre } from './gabarits.js';
import type { Agenda, Annuaire } from './lectures.envoi.js';

/** Un avis prêt à partir ; `null` pour qui s'est effacé. */
export type Pli = { readonly nom: string; readonly adresse: string | null; readonly message: Message } | null;

/**
 * Lit d'abord tout ce que demande un lot d'avis : une lecture qui échoue est la faute de la base, et le lot attend.
 * Ce qu'elle rend écrit un avis sans plus rien lire : s'il échoue, c'est la faute de cet avis-là.
 */
export async function rediger(avis: readonly Avis[], annuaire: Annuaire, agenda: Agenda): Promise<(un: Avis) => Pli> {
  const membres = await annuaire.coordonnees([...new Set(avis.map((un) => un.membreId))]);
  const seances = await agenda.seances([...new Set(avis.map((un) => un.stream))]);
  const precisions = new Map<string, Precisions>();
  for (const un of avis) precisions.set(un.id, await preciser(un, agenda));
  return (un) => {
    const membre = membres.get(un.membreId);
    if (membre === undefined) return null;
    const seance = seances.get(un.stream);
    if (seance === undefined) throw new Error(`aucune séance ${un.stream}`);
    return { nom: membre.nom, adresse: membre.courriel, message: rendre(un, { nom: membre.nom, seance, ...precisions.get(un.id) }) };
  };
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
