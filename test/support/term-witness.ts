import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import type { TestDatabase } from './databases.js';

/** One move of the place of publication, as the database saw it, with the lease of that very transaction. */
interface Move {
  readonly position: number;
  readonly term: number;
  readonly leaseTerm: number;
  readonly holder: string;
  readonly incarnation: string;
  /** Whose connection; '' on SQLite, which does not know. */
  readonly writer: string;
}

const COLUMNS = 'position, term, lease_term, holder, incarnation, writer';
const SEEN = (writer: string): string =>
  `INSERT INTO term_witness (${COLUMNS}) SELECT NEW.position, NEW.term, term, holder, incarnation, ${writer} FROM lease WHERE name = 'leader'`;
const TABLE = (seq: string, whole: string): string =>
  `CREATE TABLE term_witness (seq ${seq}, position ${whole} NOT NULL, term ${whole} NOT NULL, lease_term ${whole} NOT NULL,
   holder text NOT NULL, incarnation text NOT NULL, writer text NOT NULL)`;

const INSTALL = {
  sqlite: [
    'PRAGMA busy_timeout = 10000',
    TABLE('INTEGER PRIMARY KEY AUTOINCREMENT', 'INTEGER'),
    `CREATE TRIGGER term_witnessed AFTER UPDATE ON publication BEGIN ${SEEN(`''`)}; END`,
  ],
  // The row of `publication` is locked until the commit: the numbers are in the order of the commits.
  postgres: [
    TABLE('bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY', 'bigint'),
    `CREATE FUNCTION term_witnessed() RETURNS trigger LANGUAGE plpgsql AS
     $$ BEGIN ${SEEN(`current_setting('application_name')`)}; RETURN NULL; END $$`,
    `CREATE TRIGGER term_witnessed AFTER UPDATE ON publication FOR EACH ROW EXECUTE FUNCTION term_witnessed()`,
  ],
} as const;

/** Nobody of the application knows it: a trigger in the test's own database writes down every publication, its term and the lease of that moment. */
export class TermWitness {
  private constructor(private readonly database: TestDatabase) {}

  /** On a migrated database. */
  static async install(database: TestDatabase): Promise<TermWitness> {
    const hand = await database.hand();
    for (const statement of INSTALL[database.engine]) await hand.type(statement);
    await hand.close();
    return new TermWitness(database);
  }

  async moves(): Promise<Move[]> {
    const rows = await this.ask(`SELECT ${COLUMNS} FROM term_witness ORDER BY seq`);
    return rows.map((row) => ({
      position: Number(row['position']),
      term: Number(row['term']),
      leaseTerm: Number(row['lease_term']),
      holder: String(row['holder']),
      incarnation: String(row['incarnation']),
      writer: String(row['writer']),
    }));
  }

  /**
   * T1 terms of publications never decrease.
   * T2 their positions only grow.
   * T3 whoever published held the lease of that very term in that very transaction.
   * T4 the history of elections has one row for each term, and names the holder that published under it.
   * T5 a connection (PostgreSQL knows them) only ever published for one holder.
   *
   * Returns the terms that published.
   */
  async judged(): Promise<readonly number[]> {
    const moves = await this.moves();
    const elections = await this.ask('SELECT term, incarnation FROM election ORDER BY term');
    const held = new Map(elections.map(({ term, incarnation }) => [Number(term), incarnation]));
    expect([...held.keys()], 'T4 one election for each term').toEqual(elections.map((_, i) => i + 1));
    const writers = new Map<string, string>();
    for (const [i, { position, term, leaseTerm, holder, incarnation, writer }] of moves.entries()) {
      expect(term, `T1 move ${i}`).toBeGreaterThanOrEqual(moves[i - 1]?.term ?? 1);
      expect(position, `T2 move ${i}`).toBeGreaterThan(moves[i - 1]?.position ?? -1);
      expect([leaseTerm, holder === ''], `T3 move ${i}`).toEqual([term, false]);
      expect(incarnation, `T4 move ${i}, term ${term}`).toBe(held.get(term));
      if (writer !== '') expect(holder, `T5 ${writer}`).toBe(writers.get(writer) ?? holder);
      writers.set(writer, holder);
    }
    return [...new Set(moves.map(({ term }) => term))];
  }

  /** Waits for the term after `term`; returns when it was claimed and when something was published under it, as `performance.now()`. */
  async followed(term: number, withinMs = 60_000): Promise<{ readonly claimed: number; readonly published: number }> {
    const sql = `SELECT l.term AS claimed, p.term AS published FROM lease l, publication p WHERE l.name = 'leader'`;
    const hand = await this.database.hand();
    try {
      let claimed = 0;
      for (const end = performance.now() + withinMs; ; await wait(10)) {
        const [row] = await hand.type(sql);
        const now = performance.now();
        if (claimed === 0 && Number(row!['claimed']) > term) claimed = now;
        if (Number(row!['published']) > term) return { claimed, published: now };
        if (now > end) throw new Error(`nobody published after term ${term} within ${withinMs} ms: ${JSON.stringify(row)}`);
      }
    } finally {
      await hand.close();
    }
  }

  private async ask(sql: string): Promise<Record<string, unknown>[]> {
    const hand = await this.database.hand();
    try {
      return await hand.type(sql);
    } finally {
      await hand.close();
    }
  }
}
