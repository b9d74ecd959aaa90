import type { ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Logger as PinoLogger } from 'nestjs-pino';
import type { DestinationStream } from 'pino';
import { AppModule } from './app.module.js';
import type { Compteurs } from './compteurs.js';
import type { Config } from './config.js';
import { Etats } from './dashboard/etats.js';
import type { Instance as Seen } from './dashboard/instance.js';
import type { Departure } from './http/departure.js';
import { quietly } from './http/quiet-log.js';
import { createAdapter, dress, type ServerOptions } from './http/server.js';
import { readSite } from './http/site.js';
import { portOf } from './http/web.js';
import { type Log, openLog } from './log.js';
import { Readiness } from './modules/health/readiness.js';
import { LectureDesSeances } from './modules/reunions/reunions.lecture.js';
import { EpreuvesDeGrappe, killed } from './epreuves.js';
import type { Grappe } from './grappe.js';
import { seenCluster } from './grappe-seen.js';
import { makeGround } from './ground.js';
import { growTree } from './planting.js';
import { type Clock, systemClock } from './runtime/clock.js';
import type { Machine } from './runtime/machine.js';
import type { Opening } from './runtime/opening.js';
import type { ExitReason } from './runtime/supervision/restart-policy.js';
import type { Tree } from './runtime/supervision/root.js';

/** What a test may replace. */
export interface Overrides {
  readonly clock?: Clock;
  /** Modules beside the club's own: a benchmark's rival behind the same door. */
  readonly beside?: NonNullable<ModuleMetadata['imports']>;
  /** Called when the tree gave up: the process is to end and come back as a new incarnation. */
  readonly onGivenUp?: (reason: ExitReason) => void;
  /** Called when another living process has taken this instance's id or address: this one has dropped everything, and is to end for good. */
  readonly onReplaced?: () => void;
  /** Ends this process at once, as kill -9 would: for the tour. */
  readonly end?: () => void;
  /** Where log lines go instead of standard output. */
  readonly logTo?: DestinationStream;
  /** The folder into which the page was built. */
  readonly site?: string;
}

/** One running instance. */
export interface Instance {
  readonly config: Config;
  /** `http://host:port`, with the real port. */
  readonly url: string;
  readonly app: NestFastifyApplication;
  readonly machine: Machine;
  readonly grappe: Grappe;
  readonly compteurs: Compteurs;
  readonly tree: Tree;
  /** Planned leave: refuses newcomers, finishes what was accepted, then stops everything in reverse order. Every call waits for the same end. */
  close(): Promise<void>;
}

/**
 * Starts one instance and listens. Rejects when a part cannot start (a port that is taken); an unreachable database is no
 * reason: the instance then starts, says that it is not ready, and goes on trying.
 */
export async function createInstance(
  config: Config,
  { clock = systemClock, onGivenUp = () => {}, onReplaced = () => {}, end = killed, beside = [], logTo, site: folder }: Overrides = {},
): Promise<Instance> {
  const log = openLog(config, logTo);
  const { source: reads, grappe, compteurs, machine, database } = await makeGround(config, clock);
  const site = folder === undefined ? undefined : readSite(folder);
  const server: ServerOptions = { ...config.http, clock, deadlineMs: config.limits.deadlineMs, log: log.logger, site };
  let tree: Tree | undefined;
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.on({
      config,
      log,
      machine,
      reads,
      instance: seenInstance(config, () => planted(tree)),
      cluster: seenCluster(grappe, reads),
      compteurs,
      epreuves: new EpreuvesDeGrappe({ grappe, compteurs, clock, allowed: config.demo, end }),
      beside,
      page: site !== undefined,
    }),
    createAdapter(server),
    { bodyParser: false, bufferLogs: true, abortOnError: false },
  );
  app.useLogger(quietly(app.get(PinoLogger)));
  app.connectMicroservice({ strategy: grappe.transport.strategy }, { inheritAppConfig: true });
  const departure = dress(app, server);
  tree = growTree(config, { app, machine, grappe, compteurs, source: reads, departure, database }, onGivenUp);
  introduce(app);
  grappe.members.onTwin(onReplaced);
  watchProgress(app, departure, database, grappe);
  try {
    await tree.start();
  } catch (error) {
    await app.close();
    throw error;
  }
  return instanceOf(config, { app, machine, grappe, compteurs, tree, log });
}

/** What the rooms may know of the instance that they are in. */
function seenInstance({ instanceId: id, timezone, demo: crashControls, http }: Config, tree: () => Tree): Seen {
  // Half of the connections at most: the other half is for demandes.
  return { id, timezone, crashControls, maxStreams: Math.ceil(http.maxConnections / 2), tree };
}

/** What the rooms cannot know of each other: what the page sees whole. */
function introduce(app: NestFastifyApplication): void {
  const seances = app.get(LectureDesSeances, { strict: false });
  app.get(Etats).show('seance', (ids) => seances.fiches(ids));
}

/** What only the assembly knows of being ready; the health module adds the rest (tree, mailboxes, publication). */
function watchProgress(app: NestFastifyApplication, departure: Departure, database: Opening, { members }: Grappe): void {
  const readiness = app.get(Readiness);
  readiness.add('porte', () => (departure.begun ? 'en partance' : undefined));
  readiness.add('base', () => (database.state === 'open' ? undefined : (database.lastError ?? database.state)));
  readiness.add('grappe', () => (members.joined ? undefined : 'pas encore membre de la grappe'));
}

function planted(tree: Tree | undefined): Tree {
  if (tree === undefined) throw new Error('the tree is not made yet');
  return tree;
}

function instanceOf(
  config: Config,
  { log, ...parts }: Pick<Instance, 'app' | 'machine' | 'grappe' | 'compteurs' | 'tree'> & { readonly log: Log },
): Instance {
  const { host } = config.http;
  const { app, grappe, tree } = parts;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${portOf(app.getHttpServer())}`;
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await grappe.leave();
    await tree.stop();
    await app.close();
    log.flush();
  };
  return { config, url, ...parts, close: () => (closing ??= close()) };
}
