import { z } from 'zod';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Where the club's database is; `url` as it was given. */
export interface Database {
  readonly engine: 'sqlite' | 'postgres';
  readonly url: string;
}

/** One variable: how it is read, what to say when it is wrong, and an example that is right. */
export interface Variable<T> {
  readonly schema: z.ZodType<T, string>;
  readonly must: string;
  readonly example: string;
}

const variable = <T>(schema: z.ZodType<T, string>, must: string, example: string): Variable<T> => ({ schema, must, example });

const integer = (min: number, max: number, example: number): Variable<number> =>
  variable(
    z
      .string()
      .regex(/^\d{1,15}$/)
      .transform(Number)
      .pipe(z.int().min(min).max(max)),
    `must be a whole number from ${min} to ${max}`,
    String(example),
  );

const flag: Variable<boolean> = variable(
  z.enum(['true', 'false']).transform((text) => text === 'true'),
  'must be true or false',
  'true',
);

const text = (must: string, example: string): Variable<string> => variable(z.string(), must, example);

/** Every variable that the program reads, in the order of `.env.example`. */
export const VARIABLES = {
  PORT: integer(0, 65535, 3000),
  HOST: variable(z.string().regex(/^[A-Za-z0-9.:_-]{1,255}$/), 'must be a host name or an address', '127.0.0.1'),
  ALLOW_OPEN_HOST: flag,
  ALLOWED_HOSTS: variable(
    z
      .string()
      .regex(/^[A-Za-z0-9._-]{1,253}( *, *[A-Za-z0-9._-]{1,253})*$/)
      .transform((list) => list.split(',').map((name) => name.trim())),
    'must be host names without a port, separated by commas',
    'club.example.org',
  ),
  MAX_CONNECTIONS: integer(1, 65_535, 4096),
  RATE_LIMIT: integer(0, 1_000_000, 200),
  DEADLINE_MS: integer(100, 120_000, 10_000),
  DATABASE_URL: variable(
    z.string().transform(readDatabase),
    'must be sqlite:PATH or postgres://user:password@host:port/database',
    'sqlite:data/monclub.sqlite',
  ),
  DATA_DIR: text('must be a folder', 'data'),
  DEMO: flag,
  SQLITE_BUSY_MS: integer(0, 5000, 0),
  SQLITE_KILL_FROZEN: flag,
  PG_STATEMENT_MS: integer(100, 60_000, 4000),
  PG_CONNECT_MS: integer(100, 60_000, 2000),
  INSTANCE_ID: variable(
    z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/),
    'must be 1 to 63 letters, digits, dots, dashes or underscores',
    'monclub-3000',
  ),
  CLUSTER_PORT: integer(0, 65535, 4000),
  CLUSTER_HOST: variable(z.string().regex(/^[A-Za-z0-9.:_-]{1,255}$/), 'must be a host name or an address', '127.0.0.1'),
  CLUSTER_ADDRESS: variable(
    z
      .string()
      .transform(readPeer)
      .transform((peer) => `${peer.host}:${peer.port}`),
    'must be host:port',
    '192.168.1.10:4000',
  ),
  CLUSTER_SECRET: variable(z.string().min(16).max(1024), 'must have at least 16 characters', 'a-long-sentence-that-nobody-guesses'),
  CLUSTER_PEERS: variable(
    z.string().transform((list, context) => list.split(',').map((one) => readPeer(one.trim(), context))),
    'must be host:port,host:port',
    '127.0.0.1:4001,127.0.0.1:4002',
  ),
  CLUSTER_TLS_CERT: text('must be the path of a PEM file', '/etc/monclub/cert.pem'),
  CLUSTER_TLS_KEY: text('must be the path of a PEM file', '/etc/monclub/key.pem'),
  CLUSTER_TLS_CA: text('must be the path of a PEM file', '/etc/monclub/ca.pem'),
  CLUB_TIMEZONE: variable(z.string().refine(isZone), 'must be an IANA time zone', 'Europe/Paris'),
  DESISTEMENT_TARDIF_HEURES: integer(0, 720, 24),
  GEL_HEURES: integer(0, 720, 2),
  DELAI_OFFRE_HEURES: integer(1, 720, 24),
  SMTP_URL: variable(z.url({ protocol: /^smtps?$/ }), 'must be smtp://host:port or smtps://…', 'smtp://127.0.0.1:1025'),
  MAIL_FROM: variable(
    z
      .string()
      .max(320)
      .regex(/^[^\r\n]*[^\s@<]+@[^\s@>]+>?$/),
    'must be an address',
    'Le club <club@example.org>',
  ),
  LOG_LEVEL: variable(z.enum(LOG_LEVELS), `must be one of ${LOG_LEVELS.join(', ')}`, 'info'),
  MAILBOX_CAPACITY: integer(1, 1_000_000, 4096),
  COMMIT_QUEUE: integer(1, 1_000_000, 16_384),
} satisfies Record<string, Variable<unknown>>;

function isZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function readDatabase(url: string, context: z.RefinementCtx): Database {
  if (/^sqlite:(?!:memory:$)./.test(url)) return { engine: 'sqlite', url };
  if (/^postgres(ql)?:\/\//.test(url) && URL.canParse(url) && new URL(url).hostname !== '') return { engine: 'postgres', url };
  context.addIssue({ code: 'custom', message: 'database' });
  return z.NEVER;
}

function readPeer(text: string, context: z.RefinementCtx): { host: string; port: number } {
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
  if (host !== undefined && Number(port) <= 65_535) return { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
  context.addIssue({ code: 'custom', message: 'peer' });
  return z.NEVER;
}
