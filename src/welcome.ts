import { relative } from 'node:path';
import type { Config } from './config.js';

/** What a person at the terminal reads once the club is open at `url`. */
export function welcome({ database, demo }: Config, url: string, from = process.cwd()): string {
  const given = demo
    ? 'un club d’exemple est semé dans une base vide (DEMO=false : commencer à vide)'
    : 'pas de club d’exemple (DEMO=true : en semer un)';
  return [
    `MonClub est ouvert : ${url}`,
    `  La page       ${url} (la visite guidée : ${url}/visite)`,
    `  L’interface   ${url}/api/docs (chaque demande s’y essaie)`,
    `  Les données   ${place(database.url, from)} ; ${given}`,
    '  Pour arrêter  Ctrl-C : ce qui est accepté sera fini',
    '',
  ].join('\n');
}

/** The file, or the server and database; never a password. */
function place(url: string, from: string): string {
  if (!url.startsWith('sqlite:')) {
    const { host, pathname } = new URL(url);
    return `PostgreSQL, ${host}${pathname}`;
  }
  const path = url.slice('sqlite:'.length);
  return path.startsWith(`${from}/`) ? relative(from, path) : path;
}
