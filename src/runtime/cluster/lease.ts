/**
 * The lease makes a candidate the leader: one row, `lease('leader')`, whose term grows with each claim.
 *
 * - L1 a term belongs to one incarnation for ever: only the claim that raised the row to it holds it (compare-and-set on what was read).
 * - L2 time only tells *when* one may claim, and it is the database's own clock; the term tells who may write. So pauses and clocks that jump
 *   cost availability, never safety.
 * - L3 a fenced transaction and the end of its term exclude each other: either it commits first and the claim waits for it, or it finds
 *   itself without a term.
 */
import type { Term } from './peer.js';
import { LEASE_MS } from './timing.js';
import type { Sender } from './transport-port.js';
import type { Cell } from '../outbox/rows.js';
import type { RowTransaction, Storage } from '../outbox/storage.js';

/** A term with the incarnation that holds it. */
export interface Mandate extends Term {
  readonly incarnation: string;
}

/** Who leads, as the row says; it may have died since. */
export interface Holder {
  readonly holder: string;
  readonly incarnation: string;
  readonly term: number;
  /** How long the lease still runs, by the database's clock; at most 0: it has run out. */
  readonly leftMs: number;
}

export type Claim = { readonly is: 'held by me'; readonly term: Mandate } | ({ readonly is: 'held' } & Holder);

export interface Claimant {
  readonly me: Sender;
  /** Why there was an election, and how long it took so far: for the history. */
  readonly cause: string;
  readonly tookMs: number;
}

/** Every method rejects when the database cannot be asked (`StorageUnavailable`, `Contended`), or may have done it (`CommitUnknown`). */
export interface Lease {
  /** Takes the lease if it is free, has run out, or is mine already: always under a new term. */
  claim(claimant: Claimant): Promise<Claim>;
  /** Lengthens it to `LEASE_MS` from now. False: the term is over. */
  renew(mandate: Mandate): Promise<boolean>;
  /** Gives it back, after the fenced transactions that are under way. Does nothing when the term is over. */
  release(mandate: Mandate): Promise<void>;
  /** Undefined: nobody holds it. */
  read(): Promise<Holder | undefined>;
}

/** The term of a fenced transaction is over: nothing of it was written, and its leader leads no more. */
export class TermLost extends Error {
  override readonly name = 'TermLost';
}

const NAME = 'leader';
const FREE = { holder: '', incarnation: '' };

/**
 * To be called inside every transaction of a leader, before it writes. Throws `TermLost` when the term is over; otherwise nobody
 * claims before this transaction has ended, so keep it short: a claim and the own renewal wait for it.
 */
export async function fence(tx: RowTransaction, term: Term): Promise<void> {
  const [row] = await tx.hold('lease', { name: NAME, term: term.number });
  // A lease that was given back keeps its term until somebody claims the next one.
  if (row === undefined || row['holder'] === '') throw new TermLost(`term ${term.number} is over: another leader may write now`);
}

export class StoredLease implements Lease {
  constructor(private readonly storage: Pick<Storage, 'transact'>) {}

  claim(claimant: Claimant): Promise<Claim> {
    return this.transact(async (tx) => {
      for (;;) {
        const row = await this.row(tx);
        const now = await tx.now();
        const { incarnation, term, expires } = cells(row);
        const held = incarnation !== '' && incarnation !== claimant.me.incarnation && expires > now;
        if (held) return { is: 'held', ...described(row, now) };
        const mine = { name: NAME, holder: claimant.me.id, incarnation: claimant.me.incarnation, term: term + 1, expires: now + LEASE_MS };
        // A renewal that slips in between changes `expires`: then look again.
        if ((await tx.update('lease', mine, { name: NAME, term, expires, incarnation })) === 0) continue;
        await remember(tx, claimant, term + 1, now);
        return { is: 'held by me', term: { number: term + 1, incarnation: mine.incarnation } };
      }
    });
  }

  renew({ number, incarnation }: Mandate): Promise<boolean> {
    return this.transact(async (tx) => {
      const expires = (await tx.now()) + LEASE_MS;
      return (await tx.update('lease', { expires }, { name: NAME, term: number, incarnation })) === 1;
    });
  }

  async release({ number, incarnation }: Mandate): Promise<void> {
    await this.transact((tx) => tx.update('lease', { ...FREE, expires: 0 }, { name: NAME, term: number, incarnation }));
  }

  read(): Promise<Holder | undefined> {
    return this.transact(async (tx) => {
      const row = await this.row(tx);
      return row['incarnation'] === '' ? undefined : described(row, await tx.now());
    });
  }

  private async row(tx: RowTransaction): Promise<Record<string, Cell>> {
    const [row] = await tx.select('lease', { name: NAME });
    if (row === undefined) throw new Error('the table "lease" has no row "leader": restore it (holder, incarnation empty, the last term)');
    return row;
  }

  private transact<T>(work: (tx: RowTransaction) => Promise<T>): Promise<T> {
    return this.storage.transact(work, { urgent: true });
  }
}

async function remember(tx: RowTransaction, { me, cause, tookMs }: Claimant, term: number, since: number): Promise<void> {
  const row = { term, holder: me.id, incarnation: me.incarnation, cause, since, took_ms: Math.round(tookMs) };
  await tx.insert('election', [row]);
}

/** One term of the history. `since` is the instant of its claim, ms since 1970. */
export interface Election {
  readonly term: number;
  readonly holder: string;
  readonly incarnation: string;
  readonly cause: string;
  readonly since: number;
  readonly tookMs: number;
}

/** The last `limit` terms, newest first. */
export async function elections(tx: Pick<RowTransaction, 'select'>, limit: number): Promise<Election[]> {
  const [lease] = await tx.select('lease', { name: NAME });
  const last = Number(lease?.['term'] ?? 0);
  const terms = Array.from({ length: Math.min(limit, last) }, (_, i) => last - i);
  const rows = await tx.select('election', { term: terms });
  return rows.map(election).reverse();
}

function election(row: Readonly<Record<string, Cell>>): Election {
  return {
    term: Number(row['term']),
    holder: String(row['holder']),
    incarnation: String(row['incarnation']),
    cause: String(row['cause']),
    since: Number(row['since']),
    tookMs: Number(row['took_ms']),
  };
}

function cells(row: Readonly<Record<string, Cell>>): { incarnation: string; term: number; expires: number } {
  return { incarnation: String(row['incarnation']), term: Number(row['term']), expires: Number(row['expires']) };
}

function described(row: Readonly<Record<string, Cell>>, now: number): Holder {
  const { incarnation, term, expires } = cells(row);
  return { holder: String(row['holder']), incarnation, term, leftMs: expires - now };
}
