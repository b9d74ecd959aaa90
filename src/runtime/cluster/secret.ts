/** The secret that the instances of one grappe share. */
import { link, open, readFile, stat, unlink } from 'node:fs/promises';
import type { Clock } from '../clock.js';

/** Shorter ones are guessed. */
const SHORTEST = 16;

export interface SecretSource {
  /** The one of the configuration: then no file is touched. */
  readonly given?: string | undefined;
  /** Where the one made on this machine is kept; its folder exists. */
  readonly file: string;
  readonly clock: Clock;
  readonly report: (message: string, error: unknown) => void;
}

/**
 * The given secret, or the file's; without a file, 32 fresh bytes are written there, for its owner only. Instances that start together
 * agree: the file appears whole, and once. Warns of a file that others can read. Throws an error that names a file of no use.
 */
export async function clusterSecret({ given, file, clock, report }: SecretSource): Promise<string> {
  if (given !== undefined) return given;
  const kept = (await read(file)) ?? (await make(file, clock));
  if (kept.length < SHORTEST)
    throw new Error(
      `The cluster secret in "${file}" has fewer than ${SHORTEST} characters: stop every instance, delete the file, start them again`,
    );
  const { mode } = await stat(file);
  // Windows has no such bits.
  if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    report(`Others on this machine can read the cluster secret: run chmod 600 "${file}"`, new Error(`mode ${(mode & 0o777).toString(8)}`));
  return kept;
}

/** Undefined when there is no file. */
async function read(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`The cluster secret in "${file}" cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

/** Written beside, synced, then given its name by a link, which fails when another was faster: nobody ever reads half a secret. */
async function make(file: string, clock: Clock): Promise<string> {
  const beside = `${file}.${Buffer.from(clock.bytes(8)).toString('hex')}`;
  try {
    const made = await open(beside, 'wx', 0o600);
    try {
      await made.writeFile(`${Buffer.from(clock.bytes(32)).toString('base64url')}\n`);
      await made.sync();
    } finally {
      await made.close();
    }
    await link(beside, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } catch (error) {
    throw new Error(`The cluster secret cannot be made in "${file}": ${(error as Error).message}`, { cause: error });
  } finally {
    await unlink(beside).catch(() => {});
  }
  const kept = await read(file);
  if (kept === undefined) throw new Error(`The cluster secret in "${file}" was deleted while it was made: start again`);
  return kept;
}
