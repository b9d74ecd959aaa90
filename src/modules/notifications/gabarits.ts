// Les textes des avis, écrits au moment d'envoyer : qui a changé de nom est appelé par le nouveau, qui s'est effacé n'est plus nommé.
import type { ContenuDeSeance } from './avis.js';
import type { Message } from './langue.js';

export interface SeanceAnnoncee {
  readonly titre: string;
  readonly lieu: string | null;
  readonly debut: string;
  readonly fuseau: string;
  readonly paiement: 'sur_place' | 'avant';
}

/** Ce que l'on sait au moment d'écrire. */
export interface Contexte {
  readonly nom: string;
  readonly seance: SeanceAnnoncee;
  /** La place actuelle dans la liste d'attente ; null pour qui n'y est plus. */
  readonly position?: number | null;
  readonly motif?: string | null;
}

export function rendre(avis: ContenuDeSeance, contexte: Contexte): Message {
  const paragraphes = [`Bonjour ${contexte.nom},`, ...corps(avis, contexte), 'Le club de lecture'];
  return { sujet: sujet(avis.gabarit, contexte.seance), texte: `${paragraphes.join('\n\n')}\n` };
}

const SUJETS: Readonly<Record<ContenuDeSeance['gabarit'], string>> = {
  inscription: 'Inscription confirmée',
  attente: 'En liste d’attente',
  promotion: 'Une place pour vous',
  offre: 'Une place vous est offerte',
  offre_raccourcie: 'Séance reportée',
  offre_expiree: 'Offre expirée',
  desistement: 'Désistement enregistré',
  annulation: 'Séance annulée',
  report: 'Séance reportée',
};

export function sujet(gabarit: ContenuDeSeance['gabarit'], { titre }: SeanceAnnoncee): string {
  return `${SUJETS[gabarit]} : ${titre}`;
}

function corps(avis: ContenuDeSeance, { seance, position, motif }: Contexte): string[] {
  const ici = `« ${seance.titre} », ${quand(seance.debut, seance.fuseau)}${seance.lieu === null ? '' : ` (${seance.lieu})`}`;
  switch (avis.gabarit) {
    case 'inscription':
      return [`Vous êtes inscrit(e) : ${ici}.`, ...prix(avis.donnees.prixCentimes, seance)];
    case 'promotion':
      return [`Une place s’est libérée et elle est à vous : ${ici}.`, ...prix(avis.donnees.prixCentimes, seance)];
    case 'offre':
      return [
        `Une place s’est libérée et elle vous est offerte : ${ici}.`,
        ...prix(avis.donnees.prixCentimes, seance),
        reponse(avis.donnees.expireLe, seance),
      ];
    case 'offre_raccourcie':
      return [reportee(avis.donnees.debut, seance), `La place qui vous est offerte le reste. ${reponse(avis.donnees.expireLe, seance)}`];
    case 'offre_expiree':
      return [`Vous n’avez pas répondu à temps : la place qui vous était offerte ne l’est plus : ${ici}.`, REVENIR];
    case 'attente':
      return [
        `Vous êtes en liste d’attente : ${ici}.`,
        ...place(position),
        'Si une place se libère, elle vous revient et vous serez prévenu(e).',
      ];
    case 'desistement':
      if (avis.donnees.depuis === 'offre') return [`Vous avez décliné la place qui vous était offerte : ${ici}.`, REVENIR];
      return [`Votre désistement est enregistré : ${ici}.`, ...(avis.donnees.tardif ? [TARDIF] : [])];
    case 'annulation':
      return [
        `La séance est annulée : ${ici}.`,
        ...(motif ? [`Motif : ${motif}`] : []),
        ...(avis.donnees.depuis === 'inscrits' ? [REMBOURSE] : []),
      ];
    case 'report':
      return [reportee(avis.donnees.debut, seance), GARDEE];
  }
}

const REVENIR = 'Pour attendre une autre place, réinscrivez-vous : vous serez en fin de liste.';
const TARDIF = 'Il est tardif : ce qui a déjà été payé n’est pas remboursé.';
const REMBOURSE = 'Ce que vous auriez déjà payé vous sera remboursé.';
const GARDEE = 'Votre inscription est gardée. Si la nouvelle date ne vous convient pas, dites-le au club.';

function place(position: number | null | undefined): string[] {
  return typeof position === 'number' ? [`Votre position : ${position}.`] : [];
}

function prix(centimes: number, { paiement }: SeanceAnnoncee): string[] {
  if (centimes === 0) return [];
  const euros = new Intl.NumberFormat('fr-FR', { style: 'currency', currency: 'EUR' }).format(centimes / 100);
  return [`Prix : ${euros}, à régler ${paiement === 'avant' ? 'd’avance' : 'sur place'}.`];
}

function reponse(expireLe: string, { fuseau }: SeanceAnnoncee): string {
  return `Répondez avant ${quand(expireLe, fuseau)} : elle sera ensuite offerte à la personne suivante.`;
}

function reportee(debut: string, { titre, fuseau }: SeanceAnnoncee): string {
  return `La séance « ${titre} » est reportée : elle aura lieu ${quand(debut, fuseau)}.`;
}

/** « mardi 10 mars 2026 à 19:00 », à l'heure de la séance. */
function quand(instant: string, fuseau: string): string {
  const format = new Intl.DateTimeFormat('fr-FR', { dateStyle: 'full', timeStyle: 'short', timeZone: fuseau });
  return `le ${format.format(new Date(instant))}`;
}
