/** Demandes that others send here: executed when this instance owns the stream by its own view, handed on once, or sent back. */
import type { Envelope } from '../aggregate/outcome.js';
import type { Registry } from '../aggregate/registry.js';
import type { Clock } from '../clock.js';
import { type Bundles, endOfFrame } from './bundles.js';
import type { Neighbourhood, Peer } from './peer.js';
import type { Traffic } from './routing-counts.js';
import { type Arrived, type Frame, MAX_HOPS, type Reply } from './demande-frames.js';

export interface ReceptionDeps {
  readonly neighbourhood: Neighbourhood;
  readonly clock: Clock;
  readonly bundles: Bundles;
  readonly traffic: Traffic;
  readonly registries: ReadonlyMap<string, Registry>;
  readonly ownerOf: (stream: string) => Peer | undefined;
  readonly leaving: () => boolean;
}

/** Demandes from others inside this instance. Over it they are `overloaded`; each registry has bounds of its own beside this one. */
const INSIDE = 16_384;

export class Reception {
  /** Demandes of others that have no reply yet. */
  inside = 0;

  constructor(private readonly deps: ReceptionDeps) {}

  /** Replies to every demande of a frame, in pieces as they come; resolves after the last one. */
  async answer({ view, demandes }: Frame, piece: (piece: unknown) => void): Promise<void> {
    const { neighbourhood, clock, traffic } = this.deps;
    const now = clock.monotonic();
    traffic.received += demandes.length;
    const replies = new Replies(clock, piece);
    if (this.inside + demandes.length > INSIDE) {
      for (const index of demandes.keys()) replies.add(index, { is: 'overloaded', retryAfterMs: 1000 });
      return replies.send();
    }
    this.inside += demandes.length;
    try {
      // The one who asked has placed by a newer view: to judge by the older one would send it in circles.
      if (view > neighbourhood.view.version) await neighbourhood.refresh();
      await Promise.all(demandes.map(async (one, index) => replies.add(index, await this.take(one, now + one.budgetMs))));
      replies.send();
    } finally {
      this.inside -= demandes.length;
    }
  }

  private async take(one: Arrived, deadline: number): Promise<Reply> {
    const { neighbourhood, registries, ownerOf, leaving } = this.deps;
    const registry = registries.get(one.kind);
    const owner = ownerOf(one.stream);
    if (registry === undefined || owner === undefined || leaving() || !registry.accepting) return this.moved(one.hops);
    // The view took all the time that there was: nobody waits any more, and nothing has been done.
    if (deadline <= this.deps.clock.monotonic()) return { is: 'unavailable', effect: 'not_executed', retryAfterMs: 1000 };
    if (owner.id === neighbourhood.me.id) return registry.ask(one.stream, one.demande, envelope(one, deadline), 'forwarded');
    if (one.hops >= MAX_HOPS || !neighbourhood.reachable(owner)) return this.moved(one.hops);
    return this.handOn(one, owner, deadline);
  }

  private async handOn(one: Arrived, owner: Peer, deadline: number): Promise<Reply> {
    const { bundles, traffic, neighbourhood } = this.deps;
    traffic.detours++;
    const sent = await bundles.send(owner, { ...one, hops: one.hops + 1 }, deadline);
    if (sent.is === 'unsent') return neighbourhood.reachable(owner) ? { is: 'overloaded', retryAfterMs: 1000 } : this.moved(one.hops);
    if (sent.is === 'late') return { is: 'unavailable', effect: 'unknown', retryAfterMs: 1000 };
    return sent;
  }

  private moved(hops: number): Reply {
    return { is: 'moved', view: this.deps.neighbourhood.view.version, hops };
  }
}

function envelope({ envelope: { scope, id, minted, acteur, instant, hash, expectedVersion } }: Arrived, deadline: number): Envelope {
  const plain = { scope, id, minted, acteur, instant, hash, deadline };
  return expectedVersion === undefined ? plain : { ...plain, expectedVersion };
}

/** Gathers the replies of one event-loop turn: a commit answers hundreds at once. */
class Replies {
  private gathered: (readonly [number, Reply])[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly piece: (piece: unknown) => void,
  ) {}

  add(index: number, reply: Reply): void {
    this.gathered.push([index, reply]);
    if (this.gathered.length === 1) this.clock.soon(() => this.send());
  }

  send(): void {
    const replies = this.gathered;
    this.gathered = [];
    for (let from = 0; from < replies.length;) {
      const to = endOfFrame(replies, from);
      this.piece(replies.slice(from, to));
      from = to;
    }
  }
}
