/** Who is there: the open connections to peers, from wherever they are known, and what is heard through them. */
import type { Peer } from '../../runtime/cluster/peer.js';
import { CallFailed, type Sender, type Transport } from '../../runtime/cluster/transport-port.js';
import type { Clock } from '../../runtime/clock.js';
import type { Slot } from './pn-counter.js';

/** Time of one call. Raising it keeps what one peer blocks (its next push, its repair) blocked for longer. */
export const CALL_MS = 3_000;
/** Without a word for so long, one who talked before is not there: the connection is made anew, for TCP may wait much longer. */
const SILENT_MS = 6_000;

/** One open connection to one life of a peer; when it breaks this is over, and the next one is another. */
export class Neighbour {
  over = false;
  /** Its present slot, as it last said. */
  slot: Slot | undefined;
  /** True once it has told something by itself: then its silence means something. */
  talks = false;

  constructor(
    readonly peer: Peer,
    /** Monotonic ms of the last word of it. */
    public heardAt: number,
  ) {}

  get id(): string {
    return this.peer.id;
  }
}

export class Neighbours {
  private readonly linked = new Map<string, Neighbour>();
  /** Monotonic ms of the last word of each INSTANCE_ID, also when its connection has gone. */
  private readonly lastWord = new Map<string, number>();
  private readonly hearers: ((neighbour: Neighbour) => void)[] = [];

  constructor(
    private readonly transport: Transport,
    private readonly clock: Clock,
  ) {
    transport.onLink((peer, up) => (up ? this.join(peer) : this.leave(peer)));
  }

  get all(): readonly Neighbour[] {
    return [...this.linked.values()];
  }

  /** Each INSTANCE_ID that is there, by its newest connection. */
  get byId(): ReadonlyMap<string, Neighbour> {
    return new Map([...this.linked.values()].map((neighbour) => [neighbour.id, neighbour]));
  }

  find({ incarnation }: Sender): Neighbour | undefined {
    return this.linked.get(incarnation);
  }

  /** Monotonic ms; undefined when nothing was ever heard of it. */
  lastHeard(id: string): number | undefined {
    return this.lastWord.get(id);
  }

  /** INSTANCE_IDs heard of since the start. */
  get met(): Iterable<string> {
    return this.lastWord.keys();
  }

  /** Called when a connection has come up. */
  onJoin(hear: (neighbour: Neighbour) => void): void {
    this.hearers.push(hear);
  }

  /** A word of `from` has come by itself. */
  heard(from: Sender): void {
    const neighbour = this.find(from);
    if (neighbour === undefined) return;
    neighbour.talks = true;
    this.word(neighbour);
  }

  /**
   * `Transport.call`, within `CALL_MS` unless told otherwise. What `onPiece` throws (an answer that cannot be read) is thrown at the end of the call. One
   * who leaves a call without an answer, and says nothing else meanwhile, is connected to anew.
   */
  async call(to: Neighbour, kind: string, data: unknown, onPiece: (piece: unknown) => void = () => {}, timeoutMs = CALL_MS): Promise<void> {
    const from = this.clock.monotonic();
    const bad: unknown[] = [];
    const safely = (piece: unknown): void => {
      try {
        if (bad.length === 0) onPiece(piece);
      } catch (error) {
        bad.push(error);
      }
    };
    try {
      await this.transport.call(to.peer, kind, data, { timeoutMs, onPiece: safely });
      this.word(to);
    } catch (error) {
      const late = error instanceof CallFailed && error.why === 'late';
      if (late && timeoutMs >= CALL_MS && to.heardAt <= from) this.cut(to);
      if (bad.length === 0) throw error;
    }
    if (bad.length > 0) throw bad[0];
  }

  /** Ends the connections to those who talked and have gone silent. */
  cutSilent(): void {
    const long = this.clock.monotonic() - SILENT_MS;
    for (const neighbour of this.all) if (neighbour.talks && neighbour.heardAt < long) this.cut(neighbour);
  }

  /** This instance slept: nobody's silence counts. */
  forgive(): void {
    for (const neighbour of this.linked.values()) neighbour.heardAt = this.clock.monotonic();
  }

  private cut(neighbour: Neighbour): void {
    if (!neighbour.over) this.transport.cut(neighbour.peer);
  }

  private word(neighbour: Neighbour): void {
    neighbour.heardAt = this.clock.monotonic();
    this.lastWord.set(neighbour.id, neighbour.heardAt);
  }

  private join(peer: Peer): void {
    this.leave(peer);
    const neighbour = new Neighbour(peer, this.clock.monotonic());
    this.linked.set(peer.incarnation, neighbour);
    for (const hear of this.hearers) hear(neighbour);
  }

  private leave({ incarnation }: Peer): void {
    const neighbour = this.linked.get(incarnation);
    if (neighbour === undefined) return;
    neighbour.over = true;
    this.linked.delete(incarnation);
  }
}

/** Thrown by what goes on for a connection or a part of this instance that has ended meanwhile: nothing more is to be done. */
export class Over extends Error {
  override readonly name = 'Over';
}
