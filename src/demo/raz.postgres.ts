import pg from 'pg';
import { MIGRATION_LOCK } from '../database/data-source.js';
import type { Bilan } from './raz.js';
import { MagasinOccupe, retires, tenirMagasins } from './raz.compteurs.js';
import { injoignable, occupee, pasLaDemo, remis, rienADefaire } from './raz.bilans.js';

/** Les inscriptions et les prêts d'abord : une séance, un exemplaire, un membre occupés ne s'effacent pas. */
const TABLES = [
  'pret',
  'reservation',
  'exemplaire',
  'ouvrage',
  'inscription',
  'seance',
  'motif',
  'paiement',
  'notification',
  'membre',
  'inbox',
  'dead_letter',
  'snapshot',
  'demande',
  'outbox',
  'stream',
  'marker',
];
/** Tenues par les migrations, ou remises à leur première ligne. */
const GARDEES = ['migrations', 'publication', 'cluster', 'lease', 'reglement', 'calendrier'];

/** Leur seule ligne ne s'efface pas. */
const PREMIERES_REGLES = [
  `UPDATE reglement SET duree_jours = DEFAULT, prolongations = DEFAULT, prolongation_jours = DEFAULT, prolongation_des_jours = DEFAULT,
     retrait_jours = DEFAULT, rappel_jours = DEFAULT, relance1_jours = DEFAULT, relance2_jours = DEFAULT, relance3_jours = DEFAULT,
     prets_max = DEFAULT, reservations_max = DEFAULT, version = DEFAULT`,
  `UPDATE calendrier SET jours_fermes = DEFAULT, dates_fermees = DEFAULT, version = DEFAULT`,
];

/** Vide toutes les tables en une transaction, sous le verrou des migrations : personne ne démarre pendant ce temps. */
export async function viderPostgres(url: string, dossier?: string): Promise<Bilan> {
  const client = new pg.Client({ connectionString: url, application_name: 'monclub-raz', connectionTimeoutMillis: 3_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await vider(client, dossier);
  } catch (error) {
    if (error instanceof MagasinOccupe) throw error;
    return injoignable(error instanceof Error ? error.message : String(error));
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function vider(client: pg.Client, dossier: string | undefined): Promise<Bilan> {
  const { database } = client;
  const prendre = await client.query<{ pris: boolean }>('SELECT pg_try_advisory_lock($1) AS pris', [MIGRATION_LOCK]);
  if (prendre.rows[0]?.pris !== true) return occupee(`une instance démarre sur ${database}`);
  const autres = await client.query<{ nom: string; combien: string }>(
    `SELECT coalesce(nullif(application_name, ''), 'sans nom') AS nom, count(*) AS combien FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend' GROUP BY 1 ORDER BY 1`,
  );
  if (autres.rows.length > 0) {
    return occupee(`d’autres sont connectés à ${database} (${autres.rows.map(({ nom, combien }) => `${nom} × ${combien}`).join(', ')})`);
  }
  const presentes = await tables(client);
  if (!presentes.includes('marker')) return rienADefaire(`${database} est vide`);
  if ((await client.query(`SELECT 1 FROM marker WHERE name = 'demo'`)).rowCount === 0) {
    const gens = await client.query('SELECT (SELECT count(*) FROM membre) + (SELECT count(*) FROM stream) AS n');
    if (String(gens.rows[0]?.n) === '0') return rienADefaire(`${database} est vide`);
    return pasLaDemo(database ?? 'cette base', 'DROP DATABASE, puis CREATE DATABASE');
  }
  const magasins = await tenirMagasins(dossier, await instances(client, presentes), await club(client, presentes));
  try {
    await magasins.retirer();
    return await effacer(client, presentes, retires(magasins, dossier));
  } finally {
    await magasins.lacher();
  }
}

async function effacer(client: pg.Client, presentes: readonly string[], aussi: string): Promise<Bilan> {
  // Whatever a later migration adds goes too, after the tables whose order matters.
  const reste = presentes.filter((table) => !TABLES.includes(table) && !GARDEES.includes(table));
  let lignes = 0;
  await client.query('BEGIN');
  for (const table of [...TABLES, ...reste]) {
    if (presentes.includes(table)) lignes += (await client.query(`DELETE FROM ${client.escapeIdentifier(table)}`)).rowCount ?? 0;
  }
  await client.query('UPDATE publication SET position = 0');
  // Terms go on: whoever led before the reset must never be mistaken for who leads after it.
  if (presentes.includes('lease')) await client.query(`UPDATE lease SET holder = '', incarnation = '', expires = 0`);
  if (presentes.includes('reglement')) for (const regles of PREMIERES_REGLES) await client.query(regles);
  await client.query('COMMIT');
  return remis(`${lignes} lignes effacées de ${client.database}${aussi}`);
}

/** Qui a vécu sur cette base ; leurs magasins de compteurs sont sur leurs machines à elles, et celle-ci n'en est peut-être qu'une. */
async function instances(client: pg.Client, presentes: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  if (presentes.includes('node'))
    ids.push(...(await client.query<{ id: string }>('SELECT DISTINCT id FROM node')).rows.map(({ id }) => id));
  if (presentes.includes('compteur_vu')) {
    const { rows } = await client.query<{ id: string }>('SELECT DISTINCT replique AS id FROM compteur_vu');
    ids.push(...rows.map(({ id }) => id));
  }
  return ids;
}

/** Quel club est cette base, si elle le sait. */
async function club(client: pg.Client, presentes: readonly string[]): Promise<string | undefined> {
  if (!presentes.includes('club')) return undefined;
  return (await client.query<{ identite: string }>('SELECT identite FROM club')).rows[0]?.identite;
}

async function tables(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ tablename: string }>('SELECT tablename FROM pg_tables WHERE schemaname = current_schema()');
  return rows.map(({ tablename }) => tablename);
}
