import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DataSource } from 'typeorm';
import type { Config } from './config.js';
import { parseDatabaseUrl } from './database/database-url.js';
import { Elector } from './modules/health/elector.js';
import type { Clock } from './runtime/clock.js';
import { Frozen, thisProcess } from './runtime/cluster/frozen.js';
import { Leadership } from './runtime/cluster/leadership.js';
import { StoredLease } from './runtime/cluster/lease.js';
import { Members } from './runtime/cluster/members.js';
import { StoredNodes } from './runtime/cluster/node-table.js';
import { readPeerTls } from './runtime/cluster/peer-tls.js';
import { Router } from './runtime/cluster/router.js';
import { clusterSecret } from './runtime/cluster/secret.js';
import { PeerTransport } from './runtime/cluster/transport.js';
import { concernsStorage, type Storage } from './runtime/outbox/storage.js';

interface Ground {
  readonly storage: Storage;
  /** The read lane: what can be asked while a frozen process holds the SQLite file. */
  readonly reads: DataSource;
  readonly clock: Clock;
  readonly report: (message: string, error?: unknown) => void;
}

/** What makes this instance one of several. Made with every instance: alone, it is a cluster of one. */
export class Grappe {
  readonly leadership = new Leadership();
  readonly lease: StoredLease;
  readonly elector: Elector;
  readonly router: Router;
  private election: { stop(): Promise<void> } | undefined;

  constructor(
    readonly transport: PeerTransport,
    readonly members: Members,
    readonly frozen: Frozen | undefined,
    { storage, clock, report }: Ground,
  ) {
    this.lease = new StoredLease(storage);
    const { leadership, lease } = this;
    this.elector = new Elector({ neighbourhood: members, transport, lease, leadership, clock, report });
    this.router = new Router({ neighbourhood: members, transport, clock, notice: () => members.notice() });
    members.onRebirth(() => this.router.dropAll());
    members.onView(() => this.router.viewChanged());
  }

  /** Takes part in the election, from now until what it returns is stopped. */
  elect(): { stop(): Promise<void> } {
    this.election = this.elector.start();
    return this.election;
  }

  /** A planned leave, in the order that costs the others least: they route away and the lead is handed over; what was accepted here is finished after. */
  async leave(): Promise<void> {
    this.router.leave();
    await Promise.all([this.election?.stop(), this.members.leave()]);
  }
}

/** The parts of the cluster, made and not yet started. Rejects when a file of `CLUSTER_TLS_*` or the secret cannot be read. */
export async function makeGrappe(config: Config, ground: Ground): Promise<Grappe> {
  const { storage, reads, clock } = ground;
  const report = plainly(ground.report);
  const { host, port, tls } = config.cluster;
  const file = secretFile(config);
  if (config.cluster.secret === undefined) await mkdir(dirname(file), { recursive: true });
  // The transport speaks for the members, who speak through the transport: the first one made is nobody yet.
  let life: Pick<Members, 'me'> = { me: { id: config.instanceId, incarnation: '', address: '' } };
  const transport = new PeerTransport({
    me: () => life.me,
    host,
    port,
    secret: await clusterSecret({ given: config.cluster.secret, file, clock, report }),
    tls: tls === undefined ? undefined : readPeerTls(tls),
    clock,
    report,
  });
  const process = thisProcess();
  const read = (): Promise<Record<string, unknown>[]> => reads.query(`SELECT * FROM node WHERE state = 'alive'`);
  const table = new StoredNodes({ storage, process, read });
  const frozen =
    config.database.engine === 'sqlite'
      ? new Frozen({ table, transport, process, kill: config.sqliteKillFrozen, clock, report })
      : undefined;
  const members = new Members({
    id: config.instanceId,
    address: () => told(config, transport.port),
    transport,
    table,
    clock,
    report,
    ...(frozen === undefined ? {} : { frozen }),
  });
  life = members;
  // Now it has a name: nothing was opened under none.
  transport.follow([]);
  transport.followAddresses(config.cluster.peers);
  return new Grappe(transport, members, frozen, ground);
}

/** What a network or a database does is told in a line; only what nobody expects comes with its stack. */
function plainly(report: Ground['report']): Ground['report'] {
  return (message, error) => {
    const expected = error instanceof Error && (concernsStorage(error) || 'code' in error || message.startsWith('No connection'));
    if (expected) report(`${message}: ${error.message}`);
    else report(message, error);
  };
}

/** What peers are told: the address given, with the real port when any free one was asked for. */
function told({ cluster }: Config, port: number): string {
  return cluster.port === 0 ? cluster.address.replace(/:0$/, `:${port}`) : cluster.address;
}

/** Beside the SQLite file, or at the root of the data folder: shared by the instances of one machine. */
function secretFile({ database, dataDir }: Config): string {
  const where = parseDatabaseUrl(database.url);
  return where.engine === 'sqlite' ? `${where.file}.secret` : join(dirname(dataDir), 'cluster.secret');
}
