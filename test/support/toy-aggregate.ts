import { type Aggregate, refuse } from '../../src/runtime/aggregate/aggregate.js';

export interface Tally {
  total: number;
}
export type TallyDemande =
  { readonly type: 'open' } | { readonly type: 'add'; readonly n: number } | { readonly type: 'nothing' } | { readonly type: 'explode' };
export type TallyFact = { readonly type: 'Opened' } | { readonly type: 'Added'; readonly n: number };

/** Adds numbers up to 10: the smallest aggregate that can refuse, answer, crash and be rebuilt. */
export const tally: Aggregate<Tally, TallyDemande, TallyFact, 'too_much' | 'guarded', number> = {
  kind: 'tally',
  opens: 'open',
  factFormat: 1,
  guards: { tally_full: 'guarded' },
  initial: () => ({ total: 0 }),
  decide(state, demande) {
    switch (demande.type) {
      case 'open':
        return [{ type: 'Opened' }];
      case 'add':
        return state.total + demande.n > 10 ? refuse('too_much', { total: state.total }) : [{ type: 'Added', n: demande.n }];
      case 'nothing':
        return [];
      case 'explode':
        throw new Error('boom');
    }
  },
  evolve(state, fact) {
    if (fact.type === 'Added') state.total += fact.n;
    return state;
  },
  answer: (state) => state.total,
  view: (state) => ({ total: state.total }),
  rows: () => [],
};
