import { Logger, type ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Logger as PinoLogger } from 'nestjs-pino';
import type { DestinationStream } from 'pino';
import type { DataSource } from 'typeorm';
import { AppModule, CLUB_TABLES } from './app.module.js';
import { Compteurs } from './compteurs.js';
import type { Config } from './config.js';
import { Etats } from './dashboard/etats.js';
import type { Instance as Seen } from './dashboard/instance.js';
import { migrate, readDataSource } from './database/data-source.js';
import { openStorage } from './database/open-storage.js';
import { tableSchema } from './database/schema.js';
import type { Departure } from './http/departure.js';
import { quietly } from './http/quiet-log.js';
import { createAdapter, dress, type ServerOptions } from './http/server.js';
import { readSite } from './http/site.js';
import { portOf } from './http/web.js';
import { type Log, openLog } from './log.js';
import { Readiness } from './modules/health/readiness.js';
import { LectureDesSeances } from './modules/reunions/reunions.lecture.js';
import { EpreuvesDeGrappe, killed } from './epreuves.js';
import { type Grappe, makeGrappe } from './grappe.js';
import { seenCluster } from './grappe-seen.js';
import { growTree } from './planting.js';
import { type Clock, systemClock } from './runtime/clock.js';
import { passNewsOn } from './runtime/cluster/news.js';
import { Machine, type MachineOptions } from './runtime/machine.js';
import { Opening } from './runtime/opening.js';
import { DEFAULT_CRASH_POLICY } from './runtime/supervision/quarantine.js';
import type { Storage } from './runtime/outbox/storage.js';
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

/** Aggregates kept in memory beyond those at work. Raising it costs about 400 bytes and a state each. */
const LIVING = 200_000;
/** How long an aggregate that nobody asks stays in memory. */
const IDLE_MS = 600_000;
/** Demandes in one transaction: the knee of throughput; beyond it only the worst answer grows. */
const GROUP = 4096;

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
  // Half of the connections at most: the other half is for demandes.
  const maxStreams = Math.ceil(config.http.maxConnections / 2);
  const seen: Seen = {
    id: config.instanceId,
    timezone: config.timezone,
    crashControls: config.demo,
    maxStreams,
    tree: () => planted(tree),
  };
  const epreuves = new EpreuvesDeGrappe({ grappe, compteurs, clock, allowed: config.demo, end });
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.on({
      config,
      log,
      machine,
      reads,
      instance: seen,
      cluster: seenCluster(grappe, reads),
      compteurs,
      epreuves,
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

/** What stands below the application: the machine, alone or one of several. */
async function makeGround(
  config: Config,
  clock: Clock,
): Promise<{ source: DataSource; grappe: Grappe; compteurs: Compteurs; machine: Machine; database: Opening }> {
  const told = new Logger('machine');
  const report = (message: string, error?: unknown): void =>
    error === undefined ? told.warn(message) : told.error({ msg: message, err: error });
  const source = readDataSource(
    config.database.url,
    CLUB_TABLES.map(({ entity }) => entity),
    config.limits.deadlineMs,
  );
  const storage = makeStorage(config, clock);
  const grappe = await makeGrappe(config, { storage, reads: source, clock, report });
  const machine = makeMachine(config, { storage, routing: grappe.router, clock, report });
  const { transport, members, leadership } = grappe;
  passNewsOn({ transport, neighbourhood: members, leadership, relay: machine.relay, fanOut: machine.fanOut, clock });
  // Whose counters these are is known before anything of this database is read into them, or testified of them.
  const database: Opening = new Opening([() => machine.open(), () => compteurs.belong(), () => connect(source)], clock, report);
  const compteurs: Compteurs = new Compteurs(config, { machine, grappe, reads: source, database, report });
  return { source, grappe, compteurs, machine, database };
}

function makeStorage({ database, timeouts }: Config, clock: Clock): Storage {
  return openStorage(database.url, {
    clock,
    sqlite: { busyTimeoutMs: timeouts.sqliteBusyMs },
    postgres: { statementTimeoutMs: timeouts.pgStatementMs, connectTimeoutMs: timeouts.pgConnectMs },
  });
}

function makeMachine({ database, limits }: Config, on: Pick<MachineOptions, 'storage' | 'routing' | 'clock' | 'report'>): Machine {
  const machine = new Machine({
    ...on,
    journal: { group: GROUP, queue: limits.commitQueue },
    registry: { mailbox: limits.mailboxCapacity, living: LIVING, idleMs: IDLE_MS, crashes: DEFAULT_CRASH_POLICY },
    migrate: () => migrate(database.url),
  });
  machine.declare(CLUB_TABLES.map((table) => tableSchema(table)));
  return machine;
}

async function connect(source: DataSource): Promise<void> {
  if (!source.isInitialized) await source.initialize();
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
