import { existsSync } from 'node:fs';
import { rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import sqlite3 from 'sqlite3';

/** Le fichier des compteurs d'une instance, dans son dossier à elle ; celui d'un club qui n'est pas le sien en ce moment porte en plus le nom de ce club. */
const fichiersDe = (club: string | undefined): string[] => [
  'compteurs.sqlite',
  ...(club === undefined ? [] : [`compteurs.${club}.sqlite`]),
];
/** Le fichier, et ce qui s'écrit à côté de lui. */
const SUITES = ['', '-wal', '-shm', '-journal', '-slot', '-slot.new'];
/** Ce qu'une instance peut s'appeler : jamais un chemin. */
const NOM = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** Quelqu'un se sert d'un magasin de compteurs. */
export class MagasinOccupe extends Error {
  override readonly name = 'MagasinOccupe';
}

/** Les magasins de compteurs de quelques instances, tenus seuls. */
export interface Magasins {
  readonly combien: number;
  /** Les efface, avec leur dossier s'il n'y reste rien. */
  retirer(): Promise<void>;
  lacher(): Promise<void>;
}

/**
 * Prend le verrou des magasins de `instances` sous `dossier` : ceux de la base à remettre à zéro, et pas ceux d'un autre club du même dossier,
 * même de celles de ces instances qui ont changé de `club` depuis.
 * Lève `MagasinOccupe` si l'un d'eux sert, et les rend alors tous.
 */
export async function tenirMagasins(dossier: string | undefined, instances: Iterable<string>, club: string | undefined): Promise<Magasins> {
  const dossiers = dossier === undefined ? [] : [...new Set(instances)].filter((id) => NOM.test(id)).map((id) => join(dossier, id));
  const fichiers = dossiers.flatMap((un) => fichiersDe(club).map((nom) => join(un, nom)));
  const tenus: { readonly fichier: string; readonly base: sqlite3.Database }[] = [];
  const lacher = async (): Promise<void> => {
    for (const { base } of tenus.splice(0)) await fermer(base);
  };
  try {
    for (const fichier of fichiers.filter((un) => existsSync(un))) {
      const base = await tenir(fichier);
      if (await estDe(base, club)) tenus.push({ fichier, base });
      else await fermer(base);
    }
  } catch (error) {
    await lacher();
    throw error;
  }
  return {
    combien: tenus.length,
    retirer: async () => {
      for (const { fichier } of tenus) {
        for (const suite of SUITES) await rm(fichier + suite, { force: true });
        await rmdir(join(fichier, '..')).catch(() => undefined);
      }
    },
    lacher,
  };
}

/** Comment dire ce qui a été retiré. */
export function retires({ combien }: Magasins, dossier: string | undefined): string {
  if (combien === 0) return '';
  return combien === 1 ? `, un magasin de compteurs sous ${dossier} aussi` : `, ${combien} magasins de compteurs sous ${dossier} aussi`;
}

async function tenir(fichier: string): Promise<sqlite3.Database> {
  const base = await new Promise<sqlite3.Database>((resolve, reject) => {
    const ouverte = new sqlite3.Database(fichier, sqlite3.OPEN_READWRITE, (error) => (error ? reject(error) : resolve(ouverte)));
  });
  try {
    // Its owner holds it alone from its opening to its end.
    await dire(base, 'PRAGMA locking_mode = EXCLUSIVE');
    await dire(base, 'BEGIN EXCLUSIVE');
    return base;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // What is no database any more, nobody has open.
    if (code === 'SQLITE_NOTADB' || code === 'SQLITE_CORRUPT') return base;
    await fermer(base);
    if (code === 'SQLITE_BUSY') throw new MagasinOccupe(`quelqu’un d’autre tient ${fichier}`);
    throw error;
  }
}

/** Faux quand le fichier dit être d'un autre club ; celui qui ne dit rien est de la base qui le réclame. */
function estDe(base: sqlite3.Database, club: string | undefined): Promise<boolean> {
  if (club === undefined) return Promise.resolve(true);
  return new Promise((resolve) =>
    base.get<{ value: string } | undefined>(`SELECT value FROM meta WHERE name = 'club'`, (_, row) =>
      resolve(row === undefined || row.value === club),
    ),
  );
}

function fermer(base: sqlite3.Database): Promise<void> {
  return new Promise((resolve) => base.close(() => resolve()));
}

function dire(base: sqlite3.Database, sql: string): Promise<void> {
  return new Promise((resolve, reject) => base.exec(sql, (error) => (error ? reject(error) : resolve())));
}
