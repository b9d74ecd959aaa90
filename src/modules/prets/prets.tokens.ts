/** Where Nest finds the titles as one asks them: `Asks<Demande, Reponse>`. */
export const OUVRAGES = Symbol('ouvrages');

/** What the club says of itself. */
export interface UsagesDesPrets {
  /** The club's zone: its days are counted there, and every instant of a loan is shown there. */
  readonly fuseau: string;
}
export const USAGES_DES_PRETS = Symbol('usages des prêts');
