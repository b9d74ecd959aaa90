import type { NodeRow, Reading } from './node-port.js';
import type { Peer } from './peer.js';
import { DEAD_MS } from './timing.js';
import { living } from './view-of.js';

/**
 * Whoever lives under the id or the address of an instance that has just read its own death. It came later, for the database says so. Touching
 * its row proves it a twin; a row that nobody touches was written by a life of this very instance that has ended meanwhile.
 */
export class Rival {
  private constructor(
    private readonly incarnation: string,
    private readonly since: number,
  ) {}

  /** `mine`: what this process was or tried to be. */
  static of(me: Peer, mine: readonly string[], reading: Reading, now: number): Rival | undefined {
    const row = living(reading).find(
      ({ id, address, incarnation }) => (id === me.id || address === me.address) && !mine.includes(incarnation),
    );
    return row && new Rival(row.incarnation, now);
  }

  /** The row of the twin; `gone`: join over it; `unknown`: read again. */
  judged(reading: Reading, now: number): NodeRow | 'gone' | 'unknown' {
    const row = living(reading).find(({ incarnation }) => incarnation === this.incarnation);
    if (row !== undefined && row.seen > row.since) return row;
    return row === undefined || now - this.since >= DEAD_MS ? 'gone' : 'unknown';
  }
}
