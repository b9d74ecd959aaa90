import type { Database } from '../config-variables.js';
import { parseDatabaseUrl } from '../database/database-url.js';
import { viderPostgres } from './raz.postgres.js';
import { retirerSqlite } from './raz.sqlite.js';

/** Ce que la remise à zéro a fait, ou pourquoi elle n'a rien fait. */
export interface Bilan {
  readonly fait: boolean;
  readonly phrases: readonly string[];
}

/**
 * Rend la base au néant d'où la démonstration renaît : le prochain démarrage sème à nouveau.
 *
 * Ne touche à rien quand la base n'est pas celle d'une démonstration, ni quand quelqu'un d'autre s'en sert.
 */
export function remettreAZero({ url }: Database): Promise<Bilan> {
  const base = parseDatabaseUrl(url);
  return base.engine === 'sqlite' ? retirerSqlite(base.file) : viderPostgres(base.url);
}
