/** Ce que l'envoi demande aux autres modules : leurs ports de lecture le donnent, un test aussi. */
import type { PretSuivi } from './avis-prets.js';
import type { OuvrageNomme } from './gabarits-prets.js';
import type { SeanceAnnoncee } from './gabarits.js';

export interface Annuaire {
  /** Les membres connus parmi `ids` ; qui s'est effacé n'y est pas. */
  coordonnees(ids: readonly string[]): Promise<ReadonlyMap<string, { readonly nom: string; readonly courriel: string | null }>>;
}

export interface Agenda {
  seances(ids: readonly string[]): Promise<ReadonlyMap<string, SeanceAnnoncee>>;
  /** Les entrées vivantes (assises ou en attente) dont le numéro est entre `apres` et `avant`, exclus, dans cet ordre. */
  presents(
    seanceId: string,
    entrees: { readonly apres: number; readonly avant: number },
    combien: number,
  ): Promise<readonly { readonly membreId: string; readonly entree: number }[]>;
  /** La place actuelle de ce rang dans la liste d'attente ; null quand plus personne n'y attend à ce rang. */
  position(seanceId: string, rang: number): Promise<number | null>;
  /** Le texte d'un motif ; null quand il a été effacé. */
  motif(id: string): Promise<string | null>;
}

export interface Rayons {
  ouvrages(ids: readonly string[]): Promise<ReadonlyMap<string, OuvrageNomme>>;
  prets(ids: readonly string[]): Promise<ReadonlyMap<string, PretSuivi>>;
}

/** Porte un message à un serveur de courrier. */
export interface Courrier {
  /** Rend la main quand le serveur en a pris la charge ; échoue sinon. */
  envoyer(courriel: Courriel): Promise<void>;
  /** Vrai quand le serveur répond et nous accepte, quel que soit le message. */
  joignable(): Promise<boolean>;
}

export interface Courriel {
  readonly id: string;
  readonly nom: string;
  readonly adresse: string;
  readonly sujet: string;
  readonly texte: string;
}
