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
    const own = this.own(stream, activation);
    const names = activation?.companions();
    if (own === undefined || names === undefined) return own;
    return { ...own, inside: { size: count(names), list: (limit) => this.companions(activation!, own, limit) } };
  }

  /** The living companion of this name, inside that aggregate. */
  companion(stream: string, name: string): Member | undefined {
    const activation = this.living.get(stream);
    const own = this.own(stream, activation);
    if (activation === undefined || own === undefined) return undefined;
    for (const companion of activation.companions() ?? []) if (companion === name) return within(activation, own)(name);
    return undefined;
  }

  private companions(activation: Activation, own: Member, limit: number): Member[] {
    const one = within(activation, own);
    const members: Member[] = [];
    for (const name of activation.companions() ?? []) {
      if (members.length >= limit) break;
      members.push(one(name));
    }
    return members;
  }

  private own(stream: string, activation: Activation | undefined): Member | undefined {
    const trouble = this.troubles.of(stream);
    if (activation === undefined && trouble === undefined) return undefined;
    const quarantined = this.troubles.quarantineLeft(stream, this.clock.monotonic()) > 0;
    const state = quarantined ? 'quarantined' : activation?.phase === 'loading' ? 'starting' : 'running';
    return { name: stream, state, restarts: trouble?.crashes ?? 0, depth: activation?.depth ?? 0, lastError: trouble?.lastError ?? null };
  }
}

/** A companion falls and comes back with its root. */
function within(activation: Activation, root: Member): (name: string) => Member {
  const about = activation.about();
  return (name) => ({ ...root, name, depth: about.get(name) ?? 0 });
}

function count(names: Iterable<string>): number {
  let size = 0;
  for (const _ of names) size++;
  return size;
}
