/** Seeded searches: whatever happens to instances, callers and views, what callers were told and what is stored agree. */
import { describe, expect, it } from 'vitest';
import type { Registry } from '../../src/runtime/aggregate/registry.js';
import type { Frame } from '../../src/runtime/cluster/demande-frames.js';
import { CallFailed, type Transport } from '../../src/runtime/cluster/transport-port.js';
import { intercept } from '../guards/intercept.js';
import { HandoffPlay, type Met, nothingMet, type Without } from '../support/handoff-play.js';
import { runs } from '../support/runs.js';
import type { ToyInstance } from '../support/toy-cluster.js';

const SEEDS = runs(400);

/** The first seed whose play is unsound, and why. */
async function firstUnsound(
  seeds: number,
  without: Without = {},
  met: Met = nothingMet(),
): Promise<{ seed: number; why: string } | undefined> {
  for (let seed = 1; seed <= seeds; seed++) {
    try {
      await new HandoffPlay(seed, without).run(met);
    } catch (error) {
      return { seed, why: error instanceof Error ? error.message : String(error) };
    }
  }
  return undefined;
}

/** Guests are taken for owners. */
function guestsStay(honest: Registry): Registry {
  return intercept(honest, {
    ask: (stream, demande, envelope, as) => honest.ask(stream, demande, envelope, as === 'guest' ? 'owner' : as),
  });
}

/** Executes whatever it is sent, by whatever view. */
function careless(honest: Transport, of: ToyInstance): Transport {
  const answer = async (frame: Frame, piece: (piece: unknown) => void): Promise<void> => {
    const now = of.node.clock.monotonic();
    const one = async ({ stream, demande, envelope, budgetMs }: Frame['demandes'][number], index: number): Promise<void> =>
      piece([[index, await of.registry.ask(stream, demande, { ...envelope, deadline: now + budgetMs }, 'forwarded')]]);
    await Promise.all(frame.demandes.map(one));
  };
  return intercept(honest, { onCall: (kind, check) => honest.onCall(kind, check, (_, frame, piece) => answer(frame as Frame, piece)) });
}

/** Takes a connection that broke for a call that never left. */
function hopeful(honest: Transport): Transport {
  const call: Transport['call'] = async (...all) => {
    try {
      await honest.call(...all);
    } catch (error) {
      throw error instanceof CallFailed && error.why === 'lost' ? new CallFailed('unsent', error.message) : error;
    }
  };
  return intercept(honest, { call });
}

describe('hand-over, searched', () => {
  it('every caller is answered in time and truthfully, in one order, whatever happens', { timeout: 60_000 * runs(1) }, async () => {
    const met = nothingMet();
    expect(await firstUnsound(SEEDS, {}, met), 'the failing seed').toBeUndefined();
    for (const [what, times] of Object.entries(met)) expect(times, `the search met ${what}`).toBeGreaterThan(0);
  });

  it.each<[string, Without, RegExp]>([
    [
      'without the fence two owners write one version twice',
      { fence: true },
      /fact \d+ of the storage says version|executed twice|seat too many/,
    ],
    ['a storage that forgets demande ids executes twice', { dedupe: true }, /executed twice/],
    ['a guest that is kept lives where nobody looks for it', { registry: guestsStay }, /still lives at/],
    ['a receiver that does not look at its view works for streams of others', { transport: careless }, /still lives at/],
    ['a lost call taken for one that never left is denied, and then executed', { transport: hopeful }, /told that nothing happened/],
  ])('mutant: %s', { timeout: 60_000 * runs(1) }, async (_, without, why) => {
    expect((await firstUnsound(SEEDS * 2, without))?.why).toMatch(why);
  });
});
