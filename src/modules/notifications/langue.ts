// Dans quelle langue un avis s'écrit, et ce qu'il devient une fois écrit.

export const LANGUES = ['fr', 'en'] as const;
export type Langue = (typeof LANGUES)[number];

export interface Message {
  readonly sujet: string;
  readonly texte: string;
}
