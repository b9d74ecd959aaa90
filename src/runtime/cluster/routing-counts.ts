/** What routing has done since the start of this instance. */
export interface Traffic {
  /** Demandes sent to their owner, one for each wire taken from here. */
  forwarded: number;
  /** Demandes that others sent here. */
  received: number;
  /** Answers "not mine" that came back. */
  moved: number;
  /** Demandes executed here in the place of an owner out of reach. */
  guests: number;
  /** Demandes asked once more after a proof that nothing had happened. */
  retries: number;
  /** Demandes that came here and had to go on: a second wire. */
  detours: number;
}
