import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import sqlite3 from 'sqlite3';
import type { Bilan } from './raz.js';
import { MagasinOccupe, retires, tenirMagasins } from './raz.compteurs.js';
import { injoignable, occupee, pasLaDemo, remis, rienADefaire } from './raz.bilans.js';

/** Retire le fichier et ses compagnons, en le tenant seul de la vérification au retrait. */
export async function retirerSqlite(file: string, dossier?: string): Promise<Bilan> {
  if (!existsSync(file)) return rienADefaire(`${file} n’existe pas`);
  try {
    return await seul(file, dossier);
  } catch (error) {
    if (error instanceof MagasinOccupe) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'SQLITE_BUSY') return occupee(`quelqu’un d’autre tient ${file}`);
    return injoignable(message);
  }
}

async function seul(file: string, dossier: string | undefined): Promise<Bilan> {
  const base = await ouvrir(file);
  try {
    // Every open connection of another process holds a shared lock on the file: to have it alone is to know that nobody is there.
    await dire(base, 'PRAGMA locking_mode = EXCLUSIVE');
    await dire(base, 'BEGIN EXCLUSIVE');
    if (!(await existe(base, 'marker'))) return await sansMarque(base, file);
    const marques = await dire(base, "SELECT 1 FROM marker WHERE name = 'demo'");
    if (marques.length === 0) return await sansMarque(base, file);
    const magasins = await tenirMagasins(dossier, await instances(base), await club(base));
    try {
      await magasins.retirer();
      for (const suite of ['', '-wal', '-shm', '-journal']) await rm(file + suite, { force: true });
      return remis(`${file} est retiré${retires(magasins, dossier)}`);
    } finally {
      await magasins.lacher();
    }
  } finally {
    await new Promise<void>((resolve) => base.close(() => resolve()));
  }
}

async function sansMarque(base: sqlite3.Database, file: string): Promise<Bilan> {
  for (const table of ['membre', 'stream']) {
    if ((await existe(base, table)) && (await dire(base, `SELECT 1 FROM ${table} LIMIT 1`)).length > 0) {
      return pasLaDemo(file, `effacez ${file}, ${file}-wal et ${file}-shm`);
    }
  }
  return rienADefaire(`${file} est vide`);
}

/** Qui a vécu sur cette base. */
async function instances(base: sqlite3.Database): Promise<string[]> {
  const ids: string[] = [];
  for (const [table, colonne] of [
    ['node', 'id'],
    ['compteur_vu', 'replique'],
  ] as const) {
    if (!(await existe(base, table))) continue;
    const rows = (await dire(base, `SELECT DISTINCT ${colonne} AS id FROM ${table}`)) as { id: string }[];
    ids.push(...rows.map(({ id }) => id));
  }
  return ids;
}

/** Quel club est cette base, si elle le sait. */
async function club(base: sqlite3.Database): Promise<string | undefined> {
  if (!(await existe(base, 'club'))) return undefined;
  return ((await dire(base, 'SELECT identite FROM club')) as { identite: string }[])[0]?.identite;
}

async function existe(base: sqlite3.Database, table: string): Promise<boolean> {
  return (await dire(base, `SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '${table}'`)).length > 0;
}

function ouvrir(file: string): Promise<sqlite3.Database> {
  return new Promise((resolve, reject) => {
    const base = new sqlite3.Database(file, sqlite3.OPEN_READWRITE, (error) => (error ? reject(error) : resolve(base)));
  });
}

function dire(base: sqlite3.Database, sql: string): Promise<unknown[]> {
  return new Promise((resolve, reject) => base.all(sql, (error, rows) => (error ? reject(error) : resolve(rows))));
}
