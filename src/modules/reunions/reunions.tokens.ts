import type { Regles } from './mots.js';

/** Where Nest finds the séances as one asks them: `Asks<Demande, Reponse>`. */
export const SEANCES = Symbol('séances');

/** What the club has decided for its séances. */
export interface UsagesDesSeances extends Regles {
  /** Zone of a séance that names none. */
  readonly fuseau: string;
}
export const USAGES = Symbol('usages des séances');
