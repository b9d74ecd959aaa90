/** What passed through the cluster port, for the metrics; and what is worth a line in the log, once in a while. */
import type { Clock } from '../clock.js';

/**
 * Why something that arrived was dropped.
 * - `garbage`: no frame, no JSON, or JSON that is all structure. The connection ends.
 * - `oversized`: over the size for who sent it. The connection ends.
 * - `unauthenticated`: no handshake, a wrong one, one too slow, or a certificate of another name. The connection ends.
 * - `replayed`: a handshake that was already used. The connection ends.
 * - `unknown kind`: nobody listens to that here.
 * - `schema`: the check of its kind refused it.
 */
export type DropReason = 'garbage' | 'oversized' | 'unauthenticated' | 'replayed' | 'unknown kind' | 'schema';

/** Counted since the start, but `links` and `inbound`, which are now. */
export interface Traffic {
  readonly dropped: Readonly<Record<DropReason, number>>;
  /** Authenticated connections that this instance opened. */
  readonly links: number;
  /** Authenticated connections that others opened here. */
  readonly inbound: number;
  /** Calls made, whatever became of them. */
  readonly calls: number;
  /** Messages told; those dropped for want of a connection or of room are not among them. */
  readonly tells: number;
  /** Calls of others that ended here, well or not. */
  readonly answered: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** The same thing about the same peer is told once in this time; it is counted each time. */
const QUIET_MS = 10_000;
/** Peers times reasons that are remembered. Past it nobody new is told of until something is forgotten. */
const REMEMBERED = 256;

/** Counts, and keeps the log quiet. */
export class Tally {
  readonly dropped: Record<DropReason, number> = {
    garbage: 0,
    oversized: 0,
    unauthenticated: 0,
    replayed: 0,
    'unknown kind': 0,
    schema: 0,
  };
  calls = 0;
  tells = 0;
  answered = 0;
  bytesIn = 0;
  bytesOut = 0;
  private readonly told = new Map<string, number>();

  constructor(
    private readonly clock: Clock,
    private readonly report: (message: string, error: unknown) => void,
  ) {}

  /** Counts what `who` (an id, or an address) sent in vain. */
  drop(reason: DropReason, who: string, error: unknown): void {
    this.dropped[reason]++;
    this.say(who, reason, `Dropped what ${who} sent to the cluster port: ${reason}`, error);
  }

  /** Reports, unless the same was reported about the same peer a moment ago. */
  say(who: string, about: string, message: string, error: unknown): void {
    const now = this.clock.monotonic();
    const key = `${who} ${about}`;
    const before = this.told.get(key);
    if (before !== undefined && now - before < QUIET_MS) return;
    if (this.told.size >= REMEMBERED) for (const [old, at] of this.told) if (now - at >= QUIET_MS) this.told.delete(old);
    if (this.told.size >= REMEMBERED) return;
    this.told.set(key, now);
    this.report(message, error);
  }
}
