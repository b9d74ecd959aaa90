import { Logger, type ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Logger as PinoLogger } from 'nestjs-pino';
import type { DestinationStream } from 'pino';
import type { DataSource } from 'typeorm';
import { AppModule, CLUB_TABLES } from './app.module.js';
import type { Config } from './config.js';
import { Etats } from './dashboard/etats.js';
import type { Instance as Seen } from './dashboard/instance.js';
import { migrate, readDataSource } from './database/data-source.js';
import { openStorage } from './database/open-storage.js';
import { tableSchema } from './database/schema.js';
import type { Departure } from './http/departure.js';
import { quietly } from './http/quiet-log.js';
import { createAdapter, dress, type ServerOptions } from './http/server.js';
import { portOf } from './http/web.js';
import { type Log, openLog } from './log.js';
import { Readiness } from './modules/health/readiness.js';
import { LectureDesSeances } from './modules/reunions/reunions.lecture.js';
import { growTree } from './planting.js';
import { type Clock, systemClock } from './runtime/clock.js';
import { Machine } from './runtime/machine.js';
import { Opening } from './runtime/opening.js';
import { DEFAULT_CRASH_POLICY } from './runtime/supervision/quarantine.js';
import type { ExitReason } from './runtime/supervision/restart-policy.js';
import type { Tree } from './runtime/supervision/root.js';

/** What a test may replace. */
export interface Overrides {
  readonly clock?: Clock;
  /** Modules beside the club's own: a benchmark's rival behind the same door. */
  readonly beside?: NonNullable<ModuleMetadata['imports']>;
  /** Called when the tree gave up: the process is to end and come back as a new incarnation. */
  readonly onGivenUp?: (reason: ExitReason) => void;
  /** Where log lines go instead of standard output. */
  readonly logTo?: DestinationStream;
}

/** One running instance. */
export interface Instance {
  readonly config: Config;
  /** `http://host:port`, with the real port. */
  readonly url: string;
  readonly app: NestFastifyApplication;
  readonly machine: Machine;
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
  { clock = systemClock, onGivenUp = () => {}, beside = [], logTo }: Overrides = {},
): Promise<Instance> {
  const log = openLog(config, logTo);
  const told = new Logger('machine');
  const report = (message: string, error: unknown): void => told.error({ msg: message, err: error });
  const machine = makeMachine(config, clock, report);
  const source = readDataSource(
    config.database.url,
    CLUB_TABLES.map(({ entity }) => entity),
  );
  const server: ServerOptions = { ...config.http, clock, deadlineMs: config.limits.deadlineMs, log: log.logger };
  let tree: Tree | undefined;
  // Half of the connections at most: the other half is for demandes.
  const maxStreams = Math.ceil(config.http.maxConnections / 2);
  const seen: Seen = { id: config.instanceId, crashControls: config.demo, maxStreams, tree: () => planted(tree) };
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.on({ config, log, machine, reads: source, instance: seen, beside }),
    createAdapter(server),
    {
      bodyParser: false,
      bufferLogs: true,
      abortOnError: false,
    },
  );
  app.useLogger(quietly(app.get(PinoLogger)));
  const departure = dress(app, server);
  const database = new Opening([() => machine.open(), () => connect(source)], clock, report);
  tree = growTree(config, { app, machine, source, departure, database }, onGivenUp);
  introduce(app);
  watchProgress(app, departure, database);
  try {
    await tree.start();
  } catch (error) {
    await app.close();
    throw error;
  }
  return instanceOf(config, { app, machine, tree, log });
}

function makeMachine({ database, limits, timeouts }: Config, clock: Clock, report: (message: string, error: unknown) => void): Machine {
  const storage = openStorage(database.url, {
    clock,
    sqlite: { busyTimeoutMs: timeouts.sqliteBusyMs },
    postgres: { statementTimeoutMs: timeouts.pgStatementMs, connectTimeoutMs: timeouts.pgConnectMs },
  });
  const machine = new Machine({
    storage,
    clock,
    journal: { group: GROUP, queue: limits.commitQueue },
    registry: { mailbox: limits.mailboxCapacity, living: LIVING, idleMs: IDLE_MS, crashes: DEFAULT_CRASH_POLICY },
    migrate: () => migrate(database.url),
    report,
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
function watchProgress(app: NestFastifyApplication, departure: Departure, database: Opening): void {
  const readiness = app.get(Readiness);
  readiness.add('porte', () => (departure.begun ? 'en partance' : undefined));
  readiness.add('base', () => (database.state === 'open' ? undefined : (database.lastError ?? database.state)));
}

function planted(tree: Tree | undefined): Tree {
  if (tree === undefined) throw new Error('the tree is not made yet');
  return tree;
}

function instanceOf(
  config: Config,
  { app, machine, tree, log }: Pick<Instance, 'app' | 'machine' | 'tree'> & { readonly log: Log },
): Instance {
  const { host } = config.http;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${portOf(app.getHttpServer())}`;
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await tree.stop();
    await app.close();
    log.flush();
  };
  return { config, url, app, machine, tree, close: () => (closing ??= close()) };
}
