import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A server in a process of its own; it ends when it is disconnected. */
export interface Child {
  readonly process: ChildProcess;
  readonly port: number;
}

/** Starts the script of that name beside this file, and waits until it says where it listens. */
export async function start(name: string, args: readonly string[]): Promise<Child> {
  const child = fork(fileURLToPath(new URL(`./${name}`, import.meta.url)), args);
  const { url } = await new Promise<{ url: string }>((resolve, reject) => {
    child.once('message', (message) => resolve(message as { url: string }));
    child.once('exit', (code) => reject(new Error(`${name} ended with ${String(code)}`)));
  });
  return { process: child, port: Number(new URL(url).port) };
}

/** Ends these and waits until they are gone. */
export async function end(children: readonly Child[]): Promise<void> {
  const ended = children.map(({ process }) => new Promise((resolve) => process.once('exit', resolve)));
  for (const { process } of children) process.disconnect();
  await Promise.all(ended);
}
