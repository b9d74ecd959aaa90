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
    const locked = await client.query({
      name: 'lock',
      text: 'SELECT places, prises, en_attente, version, prix_centimes FROM seance WHERE id = $1 FOR UPDATE',
      values: [seance],
    });
    const row = locked.rows[0] as { places: number; prises: number; en_attente: number; version: number; prix_centimes: number };
    const live = await client.query({
      name: 'live',
      text: `SELECT 1 FROM inscription WHERE seance_id = $1 AND membre_id = $2 AND statut NOT IN ('annulee', 'expiree')`,
      values: [seance, membre],
    });
    if (live.rowCount !== 0) throw new Error('deja_inscrit');
    const version = row.version + 1;
    const inscrite = row.prises < row.places;
    const statut = inscrite ? 'inscrite' : 'en_attente';
    const rang = inscrite ? null : row.en_attente + 1;
    const now = Date.now();
    const fact = JSON.stringify({ membreId: membre, prixCentimes: row.prix_centimes, ...(rang === null ? {} : { rang }) });
    const answer = { statut, placesRestantes: row.places - row.prises - (inscrite ? 1 : 0), version, ...(rang === null ? {} : { rang }) };
    await client.query({
      name: 'entry',
      text: 'INSERT INTO inscription (seance_id, entree, membre_id, statut, rang, instant) VALUES ($1, $2, $3, $4, $5, $6)',
      values: [seance, version, membre, statut, rang, now],
    });
    await client.query({ name: 'seance', text: 'UPDATE seance SET version = $2 WHERE id = $1', values: [seance, version] });
    await client.query({
      name: 'stream',
      text: 'UPDATE stream SET version = $2, instant = $3 WHERE id = $1',
      values: [seance, version, now],
    });
    await client.query({
      name: 'outbox',
      text: 'INSERT INTO outbox (stream, version, type, data, demande, acteur, instant, format) VALUES ($1, $2, $3, $4, $5, NULL, $6, 1)',
      values: [seance, version, inscrite ? 'MembreInscrit' : 'MembreMisEnAttente', fact, demande, now],
    });
    await client.query({
      name: 'demande',
      text: 'INSERT INTO demande (scope, id, stream, hash, answer, instant) VALUES ($1, $2, $3, $4, $5, $6)',
      values: ['classic', demande, seance, hash, JSON.stringify(answer), now],
    });
    return { statut, version };
  }
}
