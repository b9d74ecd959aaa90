import { resolve } from 'node:path';
import { LOG_LEVELS, VARIABLES, type Database, type Variable } from './config-variables.js';

/**
 * The environment, read once. Nothing else in the program looks at `process.env`.
 *
 * Guarantees: a value that is wrong stops the start with one message that names every wrong variable; an empty value counts as
 * absent; whatever is returned is complete, so that no reader has a default of its own.
 */
export interface Config {
  readonly instanceId: string;
  readonly http: {
    readonly host: string;
    readonly port: number;
    /** Under which callers may ask for this server, besides addresses and `localhost`. */
    readonly names: readonly string[];
    readonly maxConnections: number;
    readonly ratePerSecond: number;
  };
  readonly database: Database;
  /** This instance's own folder: `DATA_DIR/<INSTANCE_ID>`. */
  readonly dataDir: string;
  readonly cluster: ClusterConfig;
  /** Seed the demo club into an empty database; allow crash controls. */
  readonly demo: boolean;
  readonly mail: { readonly smtpUrl: string; readonly from: string } | undefined;
  readonly timezone: string;
  readonly desistementTardifHeures: number;
  readonly gelHeures: number;
  readonly delaiOffreHeures: number;
  readonly logLevel: LogLevel;
  readonly limits: { readonly deadlineMs: number; readonly mailboxCapacity: number; readonly commitQueue: number };
  readonly timeouts: {
    readonly sqliteBusyMs: number;
    readonly pgStatementMs: number;
    readonly pgConnectMs: number;
  };
  readonly sqliteKillFrozen: boolean;
}

export interface ClusterConfig {
  readonly host: string;
  readonly port: number;
  /** What peers are told. With port 0 the transport replaces the port by the real one. */
  readonly address: string;
  /** Undefined: the one kept beside the SQLite file. */
  readonly secret: string | undefined;
  readonly peers: readonly { readonly host: string; readonly port: number }[];
  readonly tls: { readonly cert: string; readonly key: string; readonly ca: string } | undefined;
}

export type LogLevel = (typeof LOG_LEVELS)[number];
export type Environment = Readonly<Record<string, string | undefined>>;

type Name = keyof typeof VARIABLES;
type Values = { [N in Name]: (typeof VARIABLES)[N] extends Variable<infer T> ? T | undefined : never };

/** A start that must not happen. `message` is for the person at the terminal and says everything at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly problems: readonly { readonly variable: string; readonly problem: string }[]) {
    super(['MonClub cannot start: its configuration is wrong.', ...problems.map((one) => `  ${one.variable}: ${one.problem}`)].join('\n'));
  }
}

/** The configuration that `env` describes. Throws `ConfigError`. */
export function readConfig(env: Environment): Config {
  const problems: { variable: string; problem: string }[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, { schema, must, example }] of Object.entries<Variable<unknown>>(VARIABLES)) {
    const raw = env[name]?.trim();
    if (raw === undefined || raw === '') continue;
    const parsed = schema.safeParse(raw);
    if (parsed.success) values[name] = parsed.data;
    else problems.push({ variable: name, problem: `${shown(name, raw)} ${must}. Example: ${name}=${example}` });
  }
  const config = assemble(values as Values);
  for (const [name, problem] of contradictions(values as Values, config)) {
    if (!problems.some((one) => one.variable === name)) problems.push({ variable: name, problem });
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

function assemble(v: Values): Config {
  const port = v.PORT ?? 3000;
  const host = v.HOST ?? '127.0.0.1';
  const database: Database = v.DATABASE_URL ?? { engine: 'sqlite', url: 'sqlite:data/monclub.sqlite' };
  const instanceId = v.INSTANCE_ID ?? `monclub-${port}`;
  return {
    instanceId,
    http: {
      host,
      port,
      names: [host, ...(v.ALLOWED_HOSTS ?? [])],
      maxConnections: v.MAX_CONNECTIONS ?? 4096,
      ratePerSecond: v.RATE_LIMIT ?? (isLoopback(host) ? 0 : 200),
    },
    database,
    dataDir: resolve(v.DATA_DIR ?? 'data', instanceId),
    cluster: assembleCluster(v, host, port),
    demo: v.DEMO ?? database.engine === 'sqlite',
    mail: v.SMTP_URL === undefined ? undefined : { smtpUrl: v.SMTP_URL, from: v.MAIL_FROM ?? '' },
    timezone: v.CLUB_TIMEZONE ?? 'Europe/Paris',
    desistementTardifHeures: v.DESISTEMENT_TARDIF_HEURES ?? 24,
    gelHeures: v.GEL_HEURES ?? 2,
    delaiOffreHeures: v.DELAI_OFFRE_HEURES ?? 24,
    logLevel: v.LOG_LEVEL ?? 'info',
    limits: { deadlineMs: v.DEADLINE_MS ?? 10_000, mailboxCapacity: v.MAILBOX_CAPACITY ?? 4096, commitQueue: v.COMMIT_QUEUE ?? 16_384 },
    timeouts: {
      sqliteBusyMs: v.SQLITE_BUSY_MS ?? 0,
      pgStatementMs: v.PG_STATEMENT_MS ?? 4000,
      pgConnectMs: v.PG_CONNECT_MS ?? 2000,
    },
    sqliteKillFrozen: v.SQLITE_KILL_FROZEN ?? true,
  };
}

function assembleCluster(v: Values, httpHost: string, httpPort: number): ClusterConfig {
  const host = v.CLUSTER_HOST ?? httpHost;
  const port = v.CLUSTER_PORT ?? (httpPort === 0 ? 0 : httpPort + 1000);
  const { CLUSTER_TLS_CERT: cert, CLUSTER_TLS_KEY: key, CLUSTER_TLS_CA: ca } = v;
  return {
    host,
    port,
    address: v.CLUSTER_ADDRESS ?? `${host.includes(':') ? `[${host}]` : host}:${port}`,
    secret: v.CLUSTER_SECRET,
    peers: v.CLUSTER_PEERS ?? [],
    tls: cert !== undefined && key !== undefined && ca !== undefined ? { cert, key, ca } : undefined,
  };
}

/** What is right alone and wrong together. */
function contradictions(v: Values, config: Config): [variable: Name, problem: string][] {
  const found: [Name, string][] = [];
  if (!isLoopback(config.http.host) && v.ALLOW_OPEN_HOST !== true)
    found.push([
      'HOST',
      `"${config.http.host}" opens the club to the network, and MonClub has no access control yet. Set ALLOW_OPEN_HOST=true to accept that, or HOST=127.0.0.1`,
    ]);
  if (config.cluster.port > 65_535) found.push(['CLUSTER_PORT', `PORT + 1000 is above 65535: give it. Example: CLUSTER_PORT=4000`]);
  if (config.cluster.port !== 0 && config.cluster.port === config.http.port)
    found.push(['CLUSTER_PORT', `must differ from PORT. Example: CLUSTER_PORT=4000`]);
  if (!isLoopback(config.cluster.host) && v.CLUSTER_SECRET === undefined)
    found.push([
      'CLUSTER_SECRET',
      `must be given when peers come from the network (CLUSTER_HOST=${config.cluster.host}). Example: CLUSTER_SECRET=${VARIABLES.CLUSTER_SECRET.example}`,
    ]);
  const tls = (['CLUSTER_TLS_CERT', 'CLUSTER_TLS_KEY', 'CLUSTER_TLS_CA'] as const).filter((name) => v[name] === undefined);
  for (const name of tls.length < 3 ? tls : [])
    found.push([name, `must be given with the two others. Example: ${name}=${VARIABLES[name].example}`]);
  if (v.SMTP_URL !== undefined && v.MAIL_FROM === undefined)
    found.push(['MAIL_FROM', `must be given with SMTP_URL. Example: MAIL_FROM=${VARIABLES.MAIL_FROM.example}`]);
  return found;
}

/** The value as it may be shown: never a password, never a page long. */
function shown(name: string, raw: string): string {
  if (name === 'CLUSTER_SECRET') return 'the value given';
  return `"${raw.replace(/\/\/([^:@/]*):[^@/]*@/, '//$1:***@').slice(0, 80)}"`;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}
