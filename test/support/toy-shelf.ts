import { type Aggregate, beside, type Beside, refuse, type TimerChange } from '../../src/runtime/aggregate/aggregate.js';

export interface Loan {
  readonly due: number;
  readonly reminded: number;
  readonly ended: boolean;
  readonly version: number;
}
export interface Shelf {
  version: number;
  readonly lent: Set<string>;
  readonly rung: string[];
  /** The companions' part. */
  readonly loans: Map<string, Loan>;
}

/** What a bell does when it rings: what it should, or one of the bugs. */
export type Deed = 'ring' | 'again' | 'refuse' | 'explode' | 'keep' | 'guarded';
export type ShelfDemande =
  | { readonly type: 'open' }
  | { readonly type: 'peek' }
  | { readonly type: 'lend'; readonly id: string }
  | { readonly type: 'renew' | 'back' | 'remind' | 'look'; readonly id: string }
  | { readonly type: 'arm'; readonly name: string; readonly due: number; readonly deed?: Deed; readonly about?: string }
  | { readonly type: 'disarm'; readonly name: string }
  | { readonly type: 'ring'; readonly name: string; readonly due: number; readonly deed: Deed; readonly about?: string };

export type ShelfFact =
  | { readonly type: 'Opened' }
  | { readonly type: 'Lent' | 'Back'; readonly id: string }
  | { readonly type: 'Armed'; readonly name: string; readonly due: number; readonly deed: Deed; readonly about?: string }
  | { readonly type: 'Disarmed'; readonly name: string }
  | { readonly type: 'Rung'; readonly name: string; readonly deed: Deed; readonly next?: number };
export type LoanFact =
  | { readonly type: 'LoanOpened' | 'LoanRenewed'; readonly due: number }
  | { readonly type: 'Reminded'; readonly next?: number }
  | { readonly type: 'LoanEnded' };

export type ShelfAnswer = { readonly version: number; readonly rung: number } | { readonly id: string; readonly loan: Loan };
export type ShelfAggregate = Aggregate<
  Shelf,
  ShelfDemande,
  ShelfFact | LoanFact,
  'unknown_loan' | 'ended' | 'no' | 'guarded',
  ShelfAnswer,
  Beside<LoanFact>
>;

/** Milliseconds of a loan, and between two reminders of it. */
export const TERM = 100_000;
const REMINDERS = 3;

const subject = (demande: ShelfDemande): string | undefined => {
  if (demande.type === 'ring') return demande.about;
  return demande.type !== 'lend' && 'id' in demande ? demande.id : undefined;
};

/**
 * A shelf whose loans are its companions, with a reminder on each loan and any number of bells on the shelf itself: the smallest kind with companions
 * and timers. A renewal moves only the loan, a return moves both.
 */
export const shelf: ShelfAggregate = {
  kind: 'shelf',
  opens: 'open',
  factFormat: 1,
  guards: { shelf_full: 'guarded' },
  initial: () => ({ version: 0, lent: new Set(), rung: [], loans: new Map() }),
  decide(state, demande, instant) {
    if (demande.type === 'open') return [{ type: 'Opened' }];
    if (demande.type === 'peek') return [];
    if (demande.type === 'lend') return [{ type: 'Lent', id: demande.id }, beside(demande.id, { type: 'LoanOpened', due: instant + TERM })];
    if (demande.type === 'arm') {
      const { name, due, deed = 'ring', about } = demande;
      return [{ type: 'Armed', name, due, deed, ...(about === undefined ? {} : { about }) }];
    }
    if (demande.type === 'disarm') return [{ type: 'Disarmed', name: demande.name }];
    if (demande.type === 'ring') return rings(demande);
    return onLoan(state.loans.get(demande.id), demande, instant);
  },
  evolve(state, fact, stream) {
    switch (fact.type) {
      case 'LoanOpened':
      case 'LoanRenewed':
      case 'Reminded':
      case 'LoanEnded':
        state.loans.set(stream!, loanAfter(state.loans.get(stream!), fact));
        return state;
      case 'Lent':
        state.lent.add(fact.id);
        break;
      case 'Back':
        state.lent.delete(fact.id);
        break;
      case 'Rung':
        state.rung.push(fact.name);
        break;
      case 'Opened':
      case 'Armed':
      case 'Disarmed':
        break;
    }
    state.version++;
    return state;
  },
  answer(state, _, demande) {
    const id = demande.type === 'lend' ? demande.id : subject(demande);
    return id === undefined || !state.loans.has(id)
      ? { version: state.version, rung: state.rung.length }
      : { id, loan: state.loans.get(id)! };
  },
  view: ({ version, lent, rung, loans }) => ({
    version,
    rung: [...rung],
    lent: [...lent].toSorted().map((id) => [id, loans.get(id)]),
  }),
  rows: () => [],
  timers(fact, { demande }): readonly TimerChange<ShelfDemande>[] {
    switch (fact.type) {
      case 'LoanOpened':
      case 'LoanRenewed': {
        const id = (demande as { id: string }).id;
        return [{ set: 'loan', due: fact.due, demande: { type: 'remind', id } }];
      }
      case 'Reminded': {
        const id = (demande as { id: string }).id;
        return fact.next === undefined ? [{ clear: 'loan' }] : [{ set: 'loan', due: fact.next, demande: { type: 'remind', id } }];
      }
      case 'LoanEnded':
        return [{ clear: 'loan' }];
      case 'Armed': {
        const { type: _, ...bell } = fact;
        return [{ set: fact.name, due: fact.due, demande: { ...bell, type: 'ring' } }];
      }
      case 'Disarmed':
        return [{ clear: fact.name }];
      case 'Rung': {
        if (fact.deed === 'keep') return [];
        const { name, next: due } = fact;
        // Cleared and set in one fact: both orders must do.
        if (due !== undefined) return [{ clear: name }, { set: name, due, demande: { type: 'ring', name, due, deed: 'ring' } }];
        return [{ clear: name }];
      }
      case 'Opened':
      case 'Lent':
      case 'Back':
        return [];
    }
  },
  companions: {
    kind: 'loan',
    living: (state) => state.lent,
    subject,
    forget(state) {
      const gone = [...state.loans].filter(([id]) => !state.lent.has(id)).map(([id]) => id);
      for (const id of gone) state.loans.delete(id);
      return gone;
    },
  },
};

function rings({ name, due, deed }: Extract<ShelfDemande, { type: 'ring' }>): readonly ShelfFact[] | ReturnType<typeof refuse<'no'>> {
  if (deed === 'refuse') return refuse('no');
  if (deed === 'explode') throw new Error('boom');
  return [{ type: 'Rung', name, deed, ...(deed === 'again' ? { next: due + 1000 } : {}) }];
}

function onLoan(loan: Loan | undefined, demande: Extract<ShelfDemande, { id: string }>, instant: number) {
  const { id, type } = demande;
  if (loan === undefined) return refuse('unknown_loan');
  if (type === 'look') return [];
  // Twice is harmless: the second time says nothing.
  if (type === 'back') return loan.ended ? [] : [{ type: 'Back' as const, id }, beside(id, { type: 'LoanEnded' as const })];
  if (loan.ended) return refuse('ended');
  if (type === 'renew') return [beside(id, { type: 'LoanRenewed' as const, due: Math.max(instant, loan.due) + TERM })];
  const last = loan.reminded + 1 >= REMINDERS;
  return [beside(id, { type: 'Reminded' as const, ...(last ? {} : { next: loan.due + TERM * (loan.reminded + 1) }) })];
}

function loanAfter(loan: Loan | undefined, fact: LoanFact): Loan {
  const { due = 0, reminded = 0, ended = false, version = 0 } = loan ?? {};
  if (loan === undefined && fact.type !== 'LoanOpened') throw new Error(`${fact.type} before LoanOpened`);
  if (fact.type === 'LoanOpened' || fact.type === 'LoanRenewed') return { due: fact.due, reminded: 0, ended, version: version + 1 };
  return { due, reminded: reminded + (fact.type === 'Reminded' ? 1 : 0), ended: ended || fact.type === 'LoanEnded', version: version + 1 };
}
