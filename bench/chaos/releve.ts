import pg from 'pg';
import sqlite3 from 'sqlite3';
import type { Releve } from './juge.js';

type Row = Readonly<Record<string, unknown>>;

/** Une connexion à part, sans une ligne de l'application. */
export interface Lecture {
  releve(seance: string): Promise<Releve>;
  fermer(): Promise<void>;
}

export function lire(url: string): Promise<Lecture> {
  return url.startsWith('sqlite:') ? lireSqlite(url.slice('sqlite:'.length)) : lirePostgres(url);
}

async function lireSqlite(file: string): Promise<Lecture> {
  const base = await new Promise<sqlite3.Database>((resolve, reject) => {
    const ouverte = new sqlite3.Database(file, sqlite3.OPEN_READWRITE, (error) => (error ? reject(error) : resolve(ouverte)));
  });
  const tout = (sql: string): Promise<Row[]> =>
    new Promise((resolve, reject) => base.all<Row>(sql, (error, rows) => (error ? reject(error) : resolve(rows))));
  return { releve: relever(tout), fermer: () => new Promise((resolve) => base.close(() => resolve())) };
}

async function lirePostgres(url: string): Promise<Lecture> {
  const client = new pg.Client({ connectionString: url, application_name: 'chaos' });
  await client.connect();
  return { releve: relever(async (sql) => (await client.query<Row>(sql)).rows), fermer: () => client.end() };
}

function relever(tout: (sql: string) => Promise<Row[]>): Lecture['releve'] {
  return async (seance) => {
    const id = `'${seance.replaceAll("'", '')}'`;
    const [fiche] = await tout(`SELECT places, prises, en_attente, version FROM seance WHERE id = ${id}`);
    const [flux] = await tout(`SELECT version, published FROM stream WHERE id = ${id}`);
    const faits = await tout(`SELECT version, type, demande, data FROM outbox WHERE stream = ${id} ORDER BY version`);
    const inscriptions = await tout(`SELECT entree, membre_id, statut, rang FROM inscription WHERE seance_id = ${id} ORDER BY entree`);
    const paiements = await tout(`SELECT entree FROM paiement WHERE seance_id = ${id}`);
    const reponses = new Map<string, unknown>();
    for (const { id: cle, answer } of await tout(`SELECT id, answer FROM demande WHERE scope = 'http' AND stream = ${id}`)) {
      reponses.set(String(cle), typeof answer === 'string' ? JSON.parse(answer) : answer);
    }
    return {
      places: Number(fiche?.['places']),
      prises: Number(fiche?.['prises']),
      enAttente: Number(fiche?.['en_attente']),
      version: Number(fiche?.['version']),
      tete: Number(flux?.['version']),
      publiee: Number(flux?.['published']),
      faits: faits.map(({ version, type, demande, data }) => ({
        version: Number(version),
        type: String(type),
        demande: String(demande),
        donnees: (typeof data === 'string' ? JSON.parse(data) : data) as Record<string, unknown>,
      })),
      inscriptions: inscriptions.map(({ entree, membre_id, statut, rang }) => ({
        entree: Number(entree),
        membreId: String(membre_id),
        statut: String(statut),
        rang: rang === null ? null : Number(rang),
      })),
      reponses,
      paiements: paiements.map(({ entree }) => Number(entree)),
    };
  };
}
