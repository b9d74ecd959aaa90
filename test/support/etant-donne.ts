import { expect } from 'vitest';
import { isRefusal, type Aggregate, type Fact } from '../../src/runtime/aggregate/aggregate.js';

/** Étant donné ces faits, quand on demande, alors ces faits, ce refus ou cette réponse. */
export function etantDonne<State, Demande extends { readonly type: string }, Fait extends Fact, Refus extends string, Reponse>(
  agregat: Aggregate<State, Demande, Fait, Refus, Reponse>,
  ...passe: readonly Fait[]
) {
  const raconter = () => passe.reduce((etat, fait) => agregat.evolve(etat, fait), agregat.initial());
  return {
    quand(demande: Demande, instant: number) {
      const etat = raconter();
      const decision = agregat.decide(etat, demande, instant);
      expect(etat, 'decide ne touche pas à l’état').toEqual(raconter());
      return {
        alors: (...faits: readonly Fait[]) => expect(decision).toEqual(faits),
        refuse: (refusal: Refus, data?: Readonly<Record<string, unknown>>) =>
          expect(decision).toEqual(data === undefined ? { refusal } : { refusal, data }),
        repond(reponse: Reponse) {
          if (isRefusal<Refus>(decision)) throw new Error(`refusé : ${decision.refusal}`);
          const apres = decision.reduce((suite, fait) => agregat.evolve(suite, fait), etat);
          expect(agregat.answer(apres, decision, demande)).toEqual(reponse);
        },
      };
    },
  };
}
