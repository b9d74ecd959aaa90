import type { Database } from '../config-variables.js';
import { parseDatabaseUrl } from '../database/database-url.js';
import { occupee } from './raz.bilans.js';
import { MagasinOccupe } from './raz.compteurs.js';
import { viderPostgres } from './raz.postgres.js';
import { retirerSqlite } from './raz.sqlite.js';

/** Ce que la remise à zéro a fait, ou pourquoi elle n'a rien fait. */
export interface Bilan {
  readonly fait: boolean;
  readonly phrases: readonly string[];
}

/**
 * Rend la base au néant d'où la démonstration renaît, et avec elle les magasins de compteurs que ses instances ont sous `dossier` (DATA_DIR) :
 * le prochain démarrage sème à nouveau.
 *
 * Ne touche à rien quand la base n'est pas celle d'une démonstration, ni quand quelqu'un d'autre s'en sert, ou d'un des magasins.
 */
export async function remettreAZero({ url }: Database, dossier?: string): Promise<Bilan> {
  const base = parseDatabaseUrl(url);
  try {
    return await (base.engine === 'sqlite' ? retirerSqlite(base.file, dossier) : viderPostgres(base.url, dossier));
  } catch (error) {
    if (error instanceof MagasinOccupe) return occupee(error.message);
    throw error;
  }
}
