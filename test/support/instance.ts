import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { createInstance, type Instance, type Overrides } from '../../src/app.js';
import { readConfig, type Environment } from '../../src/config.js';
import { newDatabase, type Engine, type TestDatabase } from './databases.js';

/** An answer, read whole. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look at whatever came
  readonly body: any;
}

/** A real instance on a database of its own, and how to speak to it. */
export interface TestInstance extends Instance {
  readonly database: TestDatabase;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  /** A POST (or `method`) with a JSON body. */
  send(path: string, body?: unknown, headers?: Record<string, string>, method?: string): Promise<Answer>;
  /** The same instance again, after its end, on the same database and with its own files. */
  again(): Promise<TestInstance>;
  /** Stops it and removes its database. */
  end(): Promise<void>;
}

let count = 0;

/** Starts one on any free port. `env` completes what the environment would say. */
export async function startInstance(engine: Engine = 'sqlite', env: Environment = {}, overrides: Overrides = {}): Promise<TestInstance> {
  return on(await newDatabase(engine), env, overrides);
}

/** Several on one database, ready and in one view: `size` of them, named `a`, `b`, … in the order of the election. `env` is for all. */
export async function startGrappe(engine: Engine, size: number, env: Environment = {}): Promise<TestInstance[]> {
  const database = await newDatabase(engine);
  const instances: TestInstance[] = [];
  for (const id of 'abcdefg'.slice(0, size)) instances.push(await on(database, { INSTANCE_ID: id, ...env }, {}));
  await vi.waitFor(() => expect(instances.every((one) => together(one, instances))).toBe(true), { timeout: 20_000, interval: 20 });
  return instances;
}

/** True when `one` sees all of `instances` reachable, and one of them leading. */
function together({ grappe: { members, leadership } }: TestInstance, instances: readonly TestInstance[]): boolean {
  const others = members.view.members.filter(({ id }) => id !== members.me.id);
  return others.length === instances.length - 1 && others.every((peer) => members.reachable(peer)) && leadership.leader !== undefined;
}

/** Starts one on a database that is there. Its own files are in a folder of its own until it is closed, unless `env` says where. */
export async function on(database: TestDatabase, env: Environment, overrides: Overrides, files?: string): Promise<TestInstance> {
  const folder = files ?? (await mkdtemp(join(tmpdir(), 'monclub-instance-')));
  const config = readConfig({
    PORT: '0',
    INSTANCE_ID: `test-${process.pid}-${++count}`,
    DATABASE_URL: database.url,
    LOG_LEVEL: 'silent',
    DEMO: 'false',
    CLUSTER_SECRET: 'the-secret-of-the-tests',
    DATA_DIR: folder,
    ...env,
  });
  const instance = await createInstance(config, overrides);
  const close = async (): Promise<void> => {
    await instance.close();
    await rm(folder, { recursive: true, force: true });
  };
  const send: TestInstance['send'] = (path, body, headers = {}, method = 'POST') => {
    const content =
      body === undefined
        ? {}
        : { body: typeof body === 'string' ? body : JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } };
    return read(fetch(instance.url + path, { method, headers, ...content }));
  };
  return {
    ...instance,
    database,
    close,
    send,
    get: (path, headers = {}) => read(fetch(instance.url + path, { headers })),
    again: async () => {
      await instance.close();
      return on(database, env, overrides, folder);
    },
    end: async () => {
      await close();
      await database.drop();
    },
  };
}

async function read(response: Promise<Response>): Promise<Answer> {
  const { status, headers, ...rest } = await response.then(async (got) => ({
    status: got.status,
    headers: got.headers,
    text: await got.text(),
  }));
  const json = headers.get('content-type')?.includes('json') === true;
  return { status, headers, body: json ? JSON.parse(rest.text) : rest.text };
}
