/**
 * Takes every demande of this instance to the owner of its stream, and takes those that others send here. What it does with one is in `Passage`,
 * what it does with others' in `Reception`, how they travel in `Bundles`.
 *
 * Liveness only: with a wrong view two instances may own a stream for seconds, and the fenced write keeps that harmless.
 */
import type { Asks, Envelope, Outcome } from '../aggregate/outcome.js';
import type { Registry } from '../aggregate/registry.js';
import type { Clock } from '../clock.js';
import { Bundles, DEMANDES } from './bundles.js';
import { Passage } from './passage.js';
import type { Neighbourhood, Peer } from './peer.js';
import { ownerOf } from './placement.js';
import { Reception } from './reception.js';
import type { Traffic } from './routing-counts.js';
import type { Transport } from './transport-port.js';
import { checkFrame } from './demande-frames.js';

/** How a machine without a word of the cluster lets its kinds be routed. */
export interface Routing {
  /** What modules ask instead of the registry. */
  over(registry: Registry): Asks<{ readonly type: string }, unknown>;
}

export interface RouterDeps {
  readonly neighbourhood: Neighbourhood;
  /** Called before others' demandes are looked at: after a pause of the whole process they may be heard before any timer is. */
  readonly notice?: () => void;
  readonly transport: Transport;
  readonly clock: Clock;
}

export class Router implements Routing {
  readonly traffic: Traffic = { forwarded: 0, received: 0, moved: 0, guests: 0, retries: 0, detours: 0 };
  private readonly registries = new Map<string, Registry>();
  private readonly bundles: Bundles;
  private readonly passage: Passage;
  private readonly reception: Reception;
  private left = false;

  constructor(private readonly deps: RouterDeps) {
    const { neighbourhood, transport, clock, notice = () => {} } = deps;
    const { traffic, registries } = this;
    this.bundles = new Bundles(transport, clock, () => neighbourhood.view.version);
    const ways = {
      neighbourhood,
      clock,
      bundles: this.bundles,
      traffic,
      ownerOf: (stream: string) => this.ownerOf(stream),
      leaving: () => this.left,
    };
    this.passage = new Passage(ways);
    this.reception = new Reception({ ...ways, registries });
    transport.onCall(DEMANDES, checkFrame, (_, frame, piece) => {
      notice();
      return this.reception.answer(frame, piece);
    });
  }

  over(registry: Registry): Asks<{ readonly type: string }, unknown> {
    this.registries.set(registry.aggregate.kind, registry);
    return {
      ask: (stream: string, demande: { readonly type: string }, envelope: Envelope): Promise<Outcome> =>
        this.passage.ask(registry, stream, demande, envelope),
      lastSeen: (stream: string) => registry.lastSeen(stream),
    };
  }

  /** The owner of a stream by the current view; undefined while there is none. */
  ownerOf(stream: string): Peer | undefined {
    return ownerOf(stream, this.deps.neighbourhood.view.members);
  }

  /** Demandes of this instance that wait for an answer from another. */
  get outstanding(): number {
    return this.bundles.outstanding;
  }

  /** Frames in which they travelled: what one event-loop turn has for one owner shares one. */
  get frames(): number {
    return this.bundles.frames;
  }

  /** The view changed: activations that this instance owns no more leave memory as soon as what they hold is done. */
  viewChanged(): void {
    const { me, view } = this.deps.neighbourhood;
    const { members } = view;
    const owns = (stream: string): boolean => {
      const owner = ownerOf(stream, members);
      return owner === undefined || owner.id === me.id;
    };
    for (const registry of this.registries.values()) registry.release(owns);
  }

  /** This instance slept through its own death, or may have: every copy of a state is dropped at once, what waits is decided again on what is stored. */
  dropAll(): void {
    for (const registry of this.registries.values()) registry.dropAll();
  }

  /**
   * Planned leave: from now on others' demandes are sent back, and nothing of one's own is tried twice. What was accepted is finished by the stop of
   * the registries; the transport closes after the replies (`serving`).
   */
  leave(): void {
    this.left = true;
  }

  /** Demandes of others that have no reply yet. */
  get serving(): number {
    return this.reception.inside;
  }
}
