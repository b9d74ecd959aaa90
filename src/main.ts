import 'reflect-metadata';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInstance, type Instance } from './app.js';
import { type Config, ConfigError, readConfig } from './config.js';
import { systemClock } from './runtime/clock.js';
import { signalReader } from './signals.js';
import { welcome } from './welcome.js';

/** Exit code of a process that asks to be started again as a new incarnation. */
const AGAIN = 70;

await run();

async function run(): Promise<void> {
  const config = configuration();
  if (config === undefined) return;
  let instance: Instance | undefined;
  const order = signalReader(systemClock);
  const leave = async (): Promise<void> => {
    await instance?.close();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      const what = order(signal);
      if (what === 'force') process.exit(128 + (signal === 'SIGINT' ? 2 : 15));
      if (what === 'leave') leave().catch(() => process.exit(1));
    });
  }
  try {
    // Beside this file, once the application is made one file.
    const site = join(import.meta.dirname, 'web');
    instance = await createInstance(config, { site, onGivenUp: () => process.exit(AGAIN), onReplaced: () => replaced(config) });
    process.stdout.write(welcome(config, instance.url));
  } catch (error) {
    fail(explained(error, config));
  }
}

/** The configuration; undefined when it is wrong, which has then been said. */
function configuration(): Config | undefined {
  try {
    if (existsSync('.env')) process.loadEnvFile('.env');
    return readConfig(process.env);
  } catch (error) {
    fail(error instanceof ConfigError ? error.message : String(error));
    return undefined;
  }
}

/** Nothing is finished: what this instance had in memory, another one has by now. */
function replaced({ instanceId }: Config): void {
  process.stderr.write(
    `MonClub stops: another running instance has taken the name ${instanceId}, or the address that it told the others. ` +
      'Give each its own INSTANCE_ID and CLUSTER_ADDRESS.\n',
  );
  process.exit(1);
}

function explained(error: unknown, { http }: Config): string {
  const causes = [];
  for (let one = error; one instanceof Error; one = one.cause) causes.push(one.message);
  // It says which one, why, and what to do.
  const clusterPort = causes.find((message) => message.startsWith('The cluster port'));
  if (clusterPort !== undefined) return `MonClub cannot start. ${clusterPort} (CLUSTER_HOST, CLUSTER_PORT)`;
  const taken = causes.some((message) => message.includes('EADDRINUSE'));
  return taken
    ? `MonClub cannot start: ${http.host}:${http.port} is taken. Give another one, for example PORT=3100`
    : `MonClub cannot start: ${causes[0] ?? String(error)}`;
}

function fail(text: string): void {
  process.stderr.write(`${text}\n`);
  process.exitCode = 1;
  // A part that had started may still hold the event loop.
  systemClock.after(1000, () => process.exit(1));
}
