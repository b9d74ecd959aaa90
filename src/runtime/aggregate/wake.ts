/**
 * The machine's own demande, of every kind: apply what is due by the clock of the instance that executes it. It writes nothing itself and is answered
 * `done` with null once what it brought about is committed; also when nothing is due, and by a stream that does not exist.
 */
export const WAKE = { type: '$wake' } as const;

/** What became of a wake. */
export const AWAKE = { is: 'done', answer: null, replayed: false } as const;
