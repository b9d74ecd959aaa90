import type { Aggregate } from '../../src/runtime/aggregate/aggregate.js';

interface Bells {
  rung: number;
}
type Demande = { readonly type: 'hang'; readonly dues: readonly number[] } | { readonly type: 'ring'; readonly bell: number };
type Fait = { readonly type: 'Hung'; readonly dues: readonly number[] } | { readonly type: 'Rung'; readonly bell: number };

/** A kind with several timers per stream and nothing else: what delivery itself costs, and whether it keeps the order. */
export const bells: Aggregate<Bells, Demande, Fait, never, number> = {
  kind: 'bells',
  opens: 'hang',
  factFormat: 1,
  guards: {},
  initial: () => ({ rung: 0 }),
  decide: (_, demande) => (demande.type === 'hang' ? [{ type: 'Hung', dues: demande.dues }] : [{ type: 'Rung', bell: demande.bell }]),
  evolve: (state, { type }) => {
    if (type === 'Rung') state.rung++;
    return state;
  },
  answer: ({ rung }) => rung,
  view: ({ rung }) => rung,
  rows: () => [],
  timers: (fait) =>
    fait.type === 'Hung'
      ? fait.dues.map((due, bell) => ({ set: `bell-${bell}`, due, demande: { type: 'ring', bell } }))
      : [{ clear: `bell-${fait.bell}` }],
};
