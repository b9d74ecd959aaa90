/** How far the instances are from one another, for a person who looks. */
import type { Clock } from '../../runtime/clock.js';
import { bucketOf } from './counter-versions.js';
import { fingerprint } from './fingerprint.js';
import type { Replicated } from './intake.js';
import type { Neighbour, Neighbours } from './neighbours.js';
import { checkFingerprint, checkRows, KIND, type Row } from './sync-wire.js';

const ASK_MS = 1_000;
const MOST_ROWS = 20_000;

/** One instance as it is seen from here. */
export interface NodeState {
  readonly id: string;
  /** Over everything that it knows: equal ones know the same. Null when it did not tell. */
  readonly empreinte: string | null;
  /** Operations that one of the two knows and the other does not (gifts of rights count too). Null when it did not tell. */
  readonly ecart: number | null;
  /** Since its last word; 0 for this instance, null when nothing was ever heard of it. */
  readonly dernierEchangeMs: number | null;
  /** It has just answered. */
  readonly joignable: boolean;
}

export class Convergence {
  constructor(
    private readonly replica: Replicated,
    private readonly neighbours: Neighbours,
    private readonly clock: Clock,
  ) {}

  /** This instance first, then every one that is connected, was met, or is named in `ids`; within a second or two. Never rejects. */
  async look(ids: Iterable<string> = []): Promise<readonly NodeState[]> {
    const linked = this.neighbours.byId;
    const others = new Set([...linked.keys(), ...this.neighbours.met, ...ids]);
    others.delete(this.replica.id);
    const mine = { empreinte: fingerprint(this.replica.counters), buckets: this.replica.counters.buckets() };
    const me: NodeState = { id: this.replica.id, empreinte: mine.empreinte, ecart: 0, dernierEchangeMs: 0, joignable: true };
    const seen = await Promise.all([...others].toSorted().map((id) => this.other(id, linked.get(id), mine.buckets)));
    return [me, ...seen];
  }

  private async other(id: string, neighbour: Neighbour | undefined, mine: readonly string[]): Promise<NodeState> {
    let told: { empreinte: string; ecart: number } | undefined;
    try {
      if (neighbour !== undefined) told = await this.ask(neighbour, mine);
    } catch {
      told = undefined;
    }
    const heard = this.neighbours.lastHeard(id);
    const dernierEchangeMs = heard === undefined ? null : Math.max(0, Math.round(this.clock.monotonic() - heard));
    return { id, empreinte: told?.empreinte ?? null, ecart: told?.ecart ?? null, dernierEchangeMs, joignable: told !== undefined };
  }

  private async ask(one: Neighbour, mine: readonly string[]): Promise<{ empreinte: string; ecart: number }> {
    let said: ReturnType<typeof checkFingerprint> | undefined;
    await this.neighbours.call(one, KIND.fingerprint, null, (piece) => (said = checkFingerprint(piece)), ASK_MS);
    if (said === undefined) throw new TypeError('no fingerprint');
    const { empreinte, buckets } = said;
    const differing = buckets.flatMap((bucket, at) => (bucket === mine[at] ? [] : [at]));
    return { empreinte, ecart: differing.length === 0 ? 0 : await this.gap(one, differing) };
  }

  private async gap(one: Neighbour, buckets: readonly number[]): Promise<number> {
    const theirs = new Map<string, number>();
    const take = ([slot, , version]: Row): unknown => theirs.set(slot, version);
    const onPiece = (piece: unknown): void => {
      if (theirs.size >= MOST_ROWS) throw new TypeError('versions without end');
      checkRows(piece).forEach(take);
    };
    await this.neighbours.call(one, KIND.versions, buckets, onPiece, ASK_MS);
    const wanted = new Set(buckets);
    let gap = 0;
    for (const [slot, { version }] of this.replica.counters.vector) {
      if (!wanted.has(bucketOf(slot))) continue;
      gap += Math.abs(version - (theirs.get(slot) ?? 0));
      theirs.delete(slot);
    }
    for (const version of theirs.values()) gap += version;
    return gap;
  }
}
