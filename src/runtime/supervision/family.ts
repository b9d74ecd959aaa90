/** A dynamic family: processes that come and go by themselves, each with its own restart budget (`quarantine.ts`). */

export type MemberState = 'starting' | 'running' | 'broken' | 'quarantined' | 'stopping';

/** One living process of a family. */
export interface Member {
  /** May contain dots. */
  readonly name: string;
  readonly state: MemberState;
  readonly restarts: number;
  /** Demandes waiting in its mailbox. */
  readonly depth: number;
  readonly lastError: string | null;
  /** The processes that live inside it; absent for a kind where none does. */
  readonly inside?: Inside;
}

/** Processes that live inside a member: they share its mailbox, its restarts and its crashes. */
export interface Inside {
  readonly size: number;
  /** At most `limit` of them. Their depth: how many demandes in the member's mailbox are about them. */
  list(limit: number): readonly Member[];
}

/** What a family shows of itself. None of it may cost more than what it returns: there may be a million members. */
export interface Family {
  /** How many members are in each state; absent means none. */
  counts(): Readonly<Partial<Record<MemberState, number>>>;
  /** At most `limit` members, those in trouble first when that costs nothing. */
  list(limit: number): readonly Member[];
  /** `name`: a member's, or `member.inner` for one that lives inside it. */
  find(name: string): Member | undefined;
  /** Makes that member crash as a bug would, with all that lives inside it. False when no such member lives here. */
  crash(name: string): boolean;
}

/** Past this many members a family is shown as counts; so is what lives inside a member. */
export const FOLD_ABOVE = 50;
