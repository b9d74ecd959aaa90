import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { CLUB_TABLES } from './app.module.js';
import { Compteurs } from './compteurs.js';
import type { Config } from './config.js';
import { migrate, readDataSource } from './database/data-source.js';
import { openStorage } from './database/open-storage.js';
import { tableSchema } from './database/schema.js';
import { type Grappe, makeGrappe } from './grappe.js';
import type { Clock } from './runtime/clock.js';
import { passNewsOn } from './runtime/cluster/news.js';
import { Machine, type MachineOptions } from './runtime/machine.js';
import { Opening } from './runtime/opening.js';
import type { Storage } from './runtime/outbox/storage.js';
import { DEFAULT_CRASH_POLICY } from './runtime/supervision/quarantine.js';

/** Aggregates kept in memory beyond those at work. Raising it costs about 400 bytes and a state each. */
const LIVING = 200_000;
/** How long an aggregate that nobody asks stays in memory. */
const IDLE_MS = 600_000;
/** Demandes in one transaction: the knee of throughput; beyond it only the worst answer grows. */
const GROUP = 4096;

/** What stands below the application: the machine, alone or one of several. */
interface Ground {
  readonly source: DataSource;
  readonly grappe: Grappe;
  readonly compteurs: Compteurs;
  readonly machine: Machine;
  readonly database: Opening;
}

/** Makes it; nothing of it runs yet. */
export async function makeGround(config: Config, clock: Clock): Promise<Ground> {
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
