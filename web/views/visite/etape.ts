import type { Values, Word } from '../../state/langue';
import type { Constat } from './juge';

export type Dire = (mot: Word, valeurs?: Values) => void;
/** Shows this séance from now on, as it fills. */
export type Montrer = (seance: string) => void;

export interface Resultat {
  readonly constats: readonly Constat[];
  /** The verdict in one sentence, when all is well. */
  readonly resume?: readonly [Word, Values];
  /** The séance that it was about. */
  readonly seance?: string;
}

/** One step of the tour. */
export interface Etape {
  readonly nom: string;
  readonly titre: Word;
  readonly quoi: Word;
  readonly bouton: Word;
  /** Only where there are several instances. */
  readonly grappe?: true;
  /** Plays it, and judges. Rejects with `Impossible` when it cannot be played now. */
  jouer(dire: Dire, montrer: Montrer): Promise<Resultat>;
  /** The same, for a terminal; `seance`: the one of the last time. */
  curl(origine: string, seance: string | undefined): string;
}

/** Nothing was done, for a reason that a person can do something about. */
export class Impossible extends Error {
  override readonly name = 'Impossible';
  constructor(
    readonly mot: Word,
    readonly valeurs: Values = {},
  ) {
    super();
  }
}
