import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { freePort, RealProcess } from '../support/real-process.js';
import type { Scene } from './actes.js';

/** Une instance à soi, sur une base à soi, et de quoi tout ranger. */
export interface Theatre extends Scene {
  readonly base: string;
  /** Attend que tous les faits soient publiés. */
  publier(): Promise<void>;
  /** Demande à l'instance de partir. */
  fermer(): Promise<void>;
  /** Tue ce qui vit encore, et efface tout. */
  ranger(): Promise<void>;
}

/** Le dossier où l'application a été construite : celui-ci en est deux étages plus bas. */
const CONSTRUIT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

export async function monter(serveur: string | undefined, { gaveUp, assez }: Pick<Scene, 'gaveUp' | 'assez'>): Promise<Theatre> {
  const dossier = await mkdtemp(join(tmpdir(), 'monclub-chaos-'));
  const scratch = serveur === undefined ? undefined : await nouvelleBase(serveur);
  const base = scratch?.url ?? `sqlite:${join(dossier, 'chaos.sqlite')}`;
  const port = await freePort();
  const env = { DATABASE_URL: base, DEMO: 'true', INSTANCE_ID: 'chaos', CLUSTER_PORT: '0' };
  const lancer = (): RealProcess => RealProcess.start({ built: CONSTRUIT, folder: dossier, port, env });
  let instance = lancer();
  const ranger = async (): Promise<void> => {
    await instance.kill9();
    await scratch?.drop();
    await rm(dossier, { recursive: true, force: true });
  };
  await instance.ready().catch(async (error: unknown) => {
    await ranger();
    throw error;
  });
  return {
    url: instance.url,
    base,
    gaveUp,
    assez,
    relancer: async () => {
      await instance.kill9();
      instance = lancer();
    },
    publier: () => publie(instance.url, gaveUp),
    fermer: async () => void (await instance.stop()),
    ranger,
  };
}

async function publie(url: string, gaveUp: AbortSignal): Promise<void> {
  while (!gaveUp.aborted) {
    const reste = await fetch(`${url}/api/v1/boite-envoi`, { signal: gaveUp })
      .then((answer) => answer.json() as Promise<{ nonPublies?: number }>)
      .catch(() => ({ nonPublies: -1 }));
    if (reste.nonPublies === 0) return;
    await wait(50);
  }
}

/** Une base neuve sur le serveur donné : jamais celle du club. */
async function nouvelleBase(serveur: string): Promise<{ readonly url: string; drop(): Promise<void> }> {
  const nom = `monclub_chaos_${randomBytes(6).toString('hex')}`;
  await surLeServeur(serveur, `CREATE DATABASE ${nom}`).catch((error: unknown) => {
    throw new Error(
      `pas de base à moi sur ce serveur (il faut le droit CREATEDB) : ${error instanceof Error ? error.message : String(error)}`,
    );
  });
  const url = new URL(serveur);
  url.pathname = `/${nom}`;
  return { url: url.href, drop: () => surLeServeur(serveur, `DROP DATABASE IF EXISTS ${nom} WITH (FORCE)`) };
}

async function surLeServeur(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(sql);
  } finally {
    await client.end().catch(() => undefined);
  }
}
