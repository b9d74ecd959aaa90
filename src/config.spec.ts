import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { VARIABLES } from './config-variables.js';
import { ConfigError, readConfig } from './config.js';

const example = readFileSync('.env.example', 'utf8');

function wrong(env: Record<string, string>): Record<string, string> {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return Object.fromEntries(error.problems.map((one) => [one.variable, one.problem]));
    throw error;
  }
  return {};
}

describe('sans rien dire', () => {
  it('une instance locale, sur SQLite, avec le club de démonstration et sans limite de débit', () => {
    expect(readConfig({})).toMatchObject({
      instanceId: 'monclub-3000',
      http: { host: '127.0.0.1', port: 3000, maxConnections: 4096, ratePerSecond: 0 },
      database: { engine: 'sqlite', url: 'sqlite:data/monclub.sqlite' },
      cluster: { host: '127.0.0.1', port: 4000, address: '127.0.0.1:4000', secret: undefined, peers: [], tls: undefined },
      demo: true,
      mail: undefined,
      timezone: 'Europe/Paris',
      limits: { deadlineMs: 10_000, mailboxCapacity: 4096, commitQueue: 16_384 },
    });
  });

  it('ce qui dépend d’un autre réglage le suit', () => {
    const config = readConfig({ PORT: '3007', DATABASE_URL: 'postgres://club:secret@db:5432/club' });
    expect(config).toMatchObject({ instanceId: 'monclub-3007', cluster: { port: 4007, address: '127.0.0.1:4007' }, demo: false });
    expect(config.dataDir).toMatch(/data\/monclub-3007$/);
    const open = readConfig({ HOST: '0.0.0.0', ALLOW_OPEN_HOST: 'true', CLUSTER_SECRET: 'x'.repeat(16) });
    expect(open).toMatchObject({ http: { ratePerSecond: 200 }, cluster: { host: '0.0.0.0' } });
  });

  it('une valeur vide vaut une absence', () => {
    expect(readConfig({ PORT: '', SMTP_URL: '  ', CLUSTER_PEERS: '' })).toEqual(readConfig({}));
  });
});

describe('une valeur fausse arrête le départ', () => {
  it('tout est nommé d’un coup, avec un exemple', () => {
    const found = wrong({ PORT: 'abc', DATABASE_URL: 'mysql://x', LOG_LEVEL: 'bavard', CLUB_TIMEZONE: 'Mars/Base', DEMO: 'oui' });
    expect(Object.keys(found).toSorted()).toEqual(['CLUB_TIMEZONE', 'DATABASE_URL', 'DEMO', 'LOG_LEVEL', 'PORT']);
    for (const [name, problem] of Object.entries(found)) expect(problem).toContain(`Example: ${name}=`);
    expect(found['PORT']).toBe('"abc" must be a whole number from 0 to 65535. Example: PORT=3000');
  });

  it.each([
    ['HOST', { HOST: '0.0.0.0', CLUSTER_SECRET: 'x'.repeat(16) }],
    ['HOST', { HOST: '192.168.1.4', CLUSTER_HOST: '127.0.0.1' }],
    ['CLUSTER_SECRET', { CLUSTER_HOST: '0.0.0.0' }],
    ['CLUSTER_SECRET', { CLUSTER_SECRET: 'court' }],
    ['CLUSTER_PORT', { PORT: '3000', CLUSTER_PORT: '3000' }],
    ['CLUSTER_PORT', { PORT: '65000' }],
    ['CLUSTER_PEERS', { CLUSTER_PEERS: '127.0.0.1:4001,ici' }],
    ['CLUSTER_TLS_KEY', { CLUSTER_TLS_CERT: 'cert.pem', CLUSTER_TLS_CA: 'ca.pem' }],
    ['MAIL_FROM', { SMTP_URL: 'smtp://127.0.0.1:1025' }],
    ['MAIL_FROM', { SMTP_URL: 'smtp://127.0.0.1:1025', MAIL_FROM: 'club@x.org\r\nBcc: tous@x.org' }],
    ['SMTP_URL', { SMTP_URL: 'http://127.0.0.1', MAIL_FROM: 'a@b.c' }],
    ['PORT', { PORT: '-1' }],
    ['PORT', { PORT: '65536' }],
    ['MAILBOX_CAPACITY', { MAILBOX_CAPACITY: '0' }],
    ['DEADLINE_MS', { DEADLINE_MS: '1e3' }],
    ['INSTANCE_ID', { INSTANCE_ID: '../ailleurs' }],
  ])('%s quand %j', (name, env) => {
    expect(Object.keys(wrong(env))).toContain(name);
  });

  it('aucun secret n’est répété', () => {
    const said = JSON.stringify(
      wrong({ CLUSTER_SECRET: 'court', SMTP_URL: 'ftp://club:motdepasse@h', DATABASE_URL: 'pg://club:motdepasse@h' }),
    );
    expect(said).not.toMatch(/motdepasse|court"/);
  });
});

describe('.env.example', () => {
  const lines = example.split('\n');

  it('documente chaque variable, dans le même ordre, et rien d’autre', () => {
    expect(lines.flatMap((line) => /^([A-Z_]+)=/.exec(line)?.[1] ?? [])).toEqual(Object.keys(VARIABLES));
  });

  it('chaque variable y suit un commentaire', () => {
    for (const [i, line] of lines.entries()) if (/^[A-Z_]+=/.test(line)) expect(lines[i - 1], line).toMatch(/^# |^CLUSTER_TLS_/);
  });

  it('copié tel quel, il ne change rien', () => {
    expect(readConfig(parseEnv(example) as Record<string, string>)).toEqual(readConfig({}));
  });
});
