import { type Aggregate, refuse } from '../../src/runtime/aggregate/aggregate.js';

export interface Seats {
  version: number;
  taken: number;
}
export type SeatsDemande = { readonly type: 'open' | 'take' | 'free' | 'explode' };
export type SeatsFact = { readonly type: 'Opened' | 'Taken' | 'Freed' };

export const SEATS = 3;

/** A few seats, whose every answer and refusal carries the version that it rests on: the witness of linearizability. */
export const seats: Aggregate<Seats, SeatsDemande, SeatsFact, 'full' | 'empty' | 'open_already', Seats> = {
  kind: 'seats',
  opens: 'open',
  factFormat: 1,
  guards: {},
  initial: () => ({ version: 0, taken: 0 }),
  decide({ version, taken }, { type }) {
    switch (type) {
      case 'open':
        return version === 0 ? [{ type: 'Opened' }] : refuse('open_already', { version });
      case 'take':
        return taken < SEATS ? [{ type: 'Taken' }] : refuse('full', { version });
      case 'free':
        return taken > 0 ? [{ type: 'Freed' }] : refuse('empty', { version });
      case 'explode':
        throw new Error('boom');
    }
  },
  evolve: (state, { type }) => after(state, type),
  answer: (state) => state,
  view: (state) => state,
  rows: () => [],
};

/** The state after one more fact. */
export function after({ version, taken }: Seats, type: SeatsFact['type']): Seats {
  return { version: version + 1, taken: taken + (type === 'Taken' ? 1 : type === 'Freed' ? -1 : 0) };
}
