import pg from 'pg';

/**
 * The usual design, done well: one transaction per request on PostgreSQL, the séance's row locked by `SELECT … FOR UPDATE`,
 * named statements, a pool of 20. It writes the same rows into the same tables under the same constraints and triggers as MonClub.
 */
export class Classic {
  readonly pool: pg.Pool;

  constructor(url: string, size = 20) {
    this.pool = new pg.Pool({ connectionString: url, max: size });
    // The server goes first when a run ends.
    this.pool.on('error', () => undefined);
  }

  close(): Promise<void> {
    return this.pool.end();
  }

  /** Registers a member, or puts them on the waiting list; the answer once it is durable. */
  async inscrire(seance: string, membre: string, demande: string, hash: string): Promise<{ statut: string; version: number }> {
    const client = await this.pool.connect();
    try {
      await client.query('BEGIN');
      const answer = await this.write(client, seance, membre, demande, hash);
      await client.query('COMMIT');
      return answer;
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    } finally {
      client.release();
    }
  }

  private async write(
    client: pg.PoolClient,
    seance: string,
    membre: string,
    demande: string,
    hash: string,
  ): Promise<{ statut: string; version: number }> {
    const row = await this.lock(client, seance, membre);
    const version = row.version + 1;
    const inscrite = row.prises < row.places;
    const statut = inscrite ? 'inscrite' : 'en_attente';
    const rang = inscrite ? null : row.en_attente + 1;
    const now = Date.now();
    const fact = JSON.stringify({ membreId: membre, prixCentimes: row.prix_centimes, ...(rang === null ? {} : { rang }) });
    const answer = { statut, placesRestantes: row.places - row.prises - (inscrite ? 1 : 0), version, ...(rang === null ? {} : { rang }) };
    const type = inscrite ? 'MembreInscrit' : 'MembreMisEnAttente';
    await client.query(named('entry', [seance, version, membre, statut, rang, now]));
    await client.query(named('seance', [seance, version]));
    await client.query(named('stream', [seance, version, now]));
    await client.query(named('outbox', [seance, version, type, fact, demande, now]));
    await client.query(named('demande', ['classic', demande, seance, hash, JSON.stringify(answer), now]));
    return { statut, version };
  }

  private async lock(client: pg.PoolClient, seance: string, membre: string): Promise<Locked> {
    const locked = await client.query(named('lock', [seance]));
    const live = await client.query(named('live', [seance, membre]));
    if (live.rowCount !== 0) throw new Error('deja_inscrit');
    return locked.rows[0] as Locked;
  }
}

interface Locked {
  readonly places: number;
  readonly prises: number;
  readonly en_attente: number;
  readonly version: number;
  readonly prix_centimes: number;
}

const STATEMENTS = {
  lock: 'SELECT places, prises, en_attente, version, prix_centimes FROM seance WHERE id = $1 FOR UPDATE',
  live: `SELECT 1 FROM inscription WHERE seance_id = $1 AND membre_id = $2 AND statut NOT IN ('annulee', 'expiree')`,
  entry: 'INSERT INTO inscription (seance_id, entree, membre_id, statut, rang, instant) VALUES ($1, $2, $3, $4, $5, $6)',
  seance: 'UPDATE seance SET version = $2 WHERE id = $1',
  stream: 'UPDATE stream SET version = $2, instant = $3 WHERE id = $1',
  outbox: 'INSERT INTO outbox (stream, version, type, data, demande, acteur, instant, format) VALUES ($1, $2, $3, $4, $5, NULL, $6, 1)',
  demande: 'INSERT INTO demande (scope, id, stream, hash, answer, instant) VALUES ($1, $2, $3, $4, $5, $6)',
} as const;

function named(name: keyof typeof STATEMENTS, values: unknown[]): pg.QueryConfig {
  return { name, text: STATEMENTS[name], values };
}
