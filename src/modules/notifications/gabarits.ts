// Les textes des avis, écrits au moment d'envoyer : qui a changé de nom est appelé par le nouveau, qui s'est effacé n'est plus nommé.
import type { Avis, Contenu } from './avis.js';

export interface SeanceAnnoncee {
  readonly titre: string;
  readonly lieu: string | null;
  readonly debut: string;
  readonly fuseau: string;
}

/** Ce que l'on sait au moment d'écrire. */
export interface Contexte {
  readonly nom: string;
  readonly seance: SeanceAnnoncee;
  /** La place actuelle dans la liste d'attente ; null pour qui n'y est plus. */
  readonly position?: number | null;
  readonly motif?: string | null;
}

export interface Message {
  readonly sujet: string;
  readonly texte: string;
}

export function rendre(avis: Avis, contexte: Contexte): Message {
  const paragraphes = [`Bonjour ${contexte.nom},`, ...corps(avis, contexte), 'Le club de lecture'];
  return { sujet: sujet(avis.gabarit, contexte.seance), texte: `${paragraphes.join('\n\n')}\n` };
}

const SUJETS: Readonly<Record<Contenu['gabarit'], string>> = {
  inscription: 'Inscription confirmée',
  attente: 'En liste d’attente',
  promotion: 'Une place pour vous',
  desistement: 'Désistement enregistré',
  annulation: 'Séance annulée',
  report: 'Séance reportée',
};

export function sujet(gabarit: Contenu['gabarit'], { titre }: SeanceAnnoncee): string {
  return `${SUJETS[gabarit]} : ${titre}`;
}

function corps(avis: Contenu, { seance, position, motif }: Contexte): string[] {
  const ici = `« ${seance.titre} », ${quand(seance.debut, seance.fuseau)}${seance.lieu === null ? '' : ` (${seance.lieu})`}`;
  switch (avis.gabarit) {
    case 'inscription':
      return [`Vous êtes inscrit(e) : ${ici}.`, ...prix(avis.donnees.prixCentimes)];
    case 'promotion':
      return [`Une place s’est libérée et elle est à vous : ${ici}.`, ...prix(avis.donnees.prixCentimes)];
    case 'attente':
      return [
        `Vous êtes en liste d’attente : ${ici}.`,
        ...place(position),
        'Si une place se libère, elle vous revient et vous serez prévenu(e).',
      ];
    case 'desistement':
      return [`Votre désistement est enregistré : ${ici}.`, ...(avis.donnees.tardif ? [TARDIF] : [])];
    case 'annulation':
      return [
        `La séance est annulée : ${ici}.`,
        ...(motif ? [`Motif : ${motif}`] : []),
        ...(avis.donnees.depuis === 'inscrits' ? [REMBOURSE] : []),
      ];
    case 'report':
      return [`La séance « ${seance.titre} » est reportée : elle aura lieu ${quand(avis.donnees.debut, seance.fuseau)}.`, GARDEE];
  }
}

const TARDIF = 'Il est tardif : ce qui a déjà été payé n’est pas remboursé.';
const REMBOURSE = 'Ce que vous auriez déjà payé vous sera remboursé.';
const GARDEE = 'Votre inscription est gardée. Si la nouvelle date ne vous convient pas, dites-le au club.';

function place(position: number | null | undefined): string[] {
  return typeof position === 'number' ? [`Votre position : ${position}.`] : [];
}

function prix(centimes: number): string[] {
  if (centimes === 0) return [];
  const euros = new Intl.NumberFormat('fr-FR', { style: 'currency', currency: 'EUR' }).format(centimes / 100);
  return [`Prix : ${euros}, à régler sur place.`];
}

/** « mardi 10 mars 2026 à 19:00 », à l'heure de la séance. */
function quand(instant: string, fuseau: string): string {
  const format = new Intl.DateTimeFormat('fr-FR', { dateStyle: 'full', timeStyle: 'short', timeZone: fuseau });
  return `le ${format.format(new Date(instant))}`;
}
