import { type Met, nothingMet } from './counters-met.js';
import { CountersPlay } from './counters-play.js';
import type { Parts } from './counters-stage.js';

/** The first seed that breaks a promise; what the sound ones met is added to `met`. */
export async function firstUnsound(
  seeds: number,
  parts: Parts = {},
  met: Met = nothingMet(),
  more: { readonly unseen?: boolean } = {},
): Promise<{ readonly seed: number; readonly why: string } | undefined> {
  for (let seed = 1; seed <= seeds; seed++) {
    const play = new CountersPlay(seed, parts, more);
    try {
      await play.run();
    } catch (error) {
      return { seed, why: error instanceof Error ? error.message : String(error) };
    }
    for (const [what, times] of Object.entries(play.met)) met[what as keyof Met] += times;
  }
  return undefined;
}
