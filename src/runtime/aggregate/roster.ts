import type { Clock } from '../clock.js';
import type { Member } from '../supervision/family.js';
import type { Activation } from './activation.js';
import type { Troubles } from './troubles.js';

/** The living aggregates of a kind, and those that have crashed, as the supervision tree shows them. */
export class Roster {
  constructor(
    private readonly living: ReadonlyMap<string, Activation>,
    private readonly troubles: Troubles,
    private readonly clock: Clock,
  ) {}

  /** At most `limit` of them, those that crashed first. */
  members(limit: number): Member[] {
    const names = new Set(this.troubles.streams());
    for (const name of this.living.keys()) {
      if (names.size >= limit) break;
      names.add(name);
    }
    return [...names].slice(0, limit).flatMap((name) => this.member(name) ?? []);
  }

  member(stream: string): Member | undefined {
    const activation = this.living.get(stream);
    const trouble = this.troubles.of(stream);
    if (activation === undefined && trouble === undefined) return undefined;
    const quarantined = this.troubles.quarantineLeft(stream, this.clock.monotonic()) > 0;
    const state = quarantined ? 'quarantined' : activation?.phase === 'loading' ? 'starting' : 'running';
    return { name: stream, state, restarts: trouble?.crashes ?? 0, depth: activation?.depth ?? 0, lastError: trouble?.lastError ?? null };
  }
}
