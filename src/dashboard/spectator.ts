import type { Clock } from '../runtime/clock.js';
import type { PublishedFact } from '../runtime/outbox/relay.js';
import { factFrames, frame, HEARTBEAT, type Recent } from './frames.js';
import { Rate } from './rate.js';

/** Where a stream is written. */
export interface Sink {
  write(piece: Buffer): void;
  /** Bytes accepted and not yet taken by the network. */
  readonly pending: number;
  /** More is pending than the network takes at once: whoever can wait should. */
  readonly full: boolean;
  /** Calls `then` once when it is `full` no more, or the connection is gone. */
  whenDrained(then: () => void): void;
  /** Lets what is written leave, then closes. */
  end(): void;
  /** Closes at once. */
  cut(): void;
}

export interface SpectatorLimits {
  /** Messages per second and stream. Raising it makes every open page cost more in a rush. */
  readonly perSecond: number;
  /** Bytes kept for a reader that is slow, before it is sent away. */
  readonly pendingBytes: number;
}

export const USUAL_LIMITS: SpectatorLimits = { perSecond: 50, pendingBytes: 1_048_576 };

/** Messages per second that facts leave free for states: what the page draws from matters more than how it came about. */
const RESERVED = 10;
/** More states than this were passed over: reading everything again is cheaper than a list. */
const MOST_SKIPPED = 25;
/** What is written to a reader that was sent away gets so long to leave. */
const LAST_WORDS_MS = 5_000;

/**
 * One open event stream.
 *
 * - V1 it receives each fact after its `position` once and in order. Live ones may be late, by the rate limit, but none is passed over;
 *   a stream that would be too late is told `relire_tout` and goes on from now.
 * - V2 a state that the rate limit passes over is told as `relire` of its subject: the next one may be long in coming. `relire_tout` stands for all
 *   of them, but for the one of V1 (`trop_de_faits`): facts were passed over, and of the states none but those that are named.
 * - V3 it holds at most `pendingBytes` and one piece more: a slower reader is told `relire_tout` and sent away.
 * - V4 nothing is written once it is over.
 */
export class Spectator {
  /** The last fact that this stream has, or was told to read everything after. */
  position = 0;
  over = false;
  private readonly rate: Rate;
  private readonly skipped = new Map<string, string>();

  constructor(
    private readonly sink: Sink,
    private readonly clock: Clock,
    private readonly limits: SpectatorLimits,
    private readonly left: (one: Spectator) => void,
  ) {
    this.rate = new Rate(limits.perSecond);
  }

  /** The last `fresh` of `recent` have just been published. Who is late already hears more with the next tick: in a rush that is one write for many facts. */
  hear(recent: Recent, fresh: number): void {
    if (this.position >= recent.last - fresh || this.position < recent.before) this.follow(recent);
  }

  /** Live facts: as many as the rate allows; the rest waits in `recent` for the next call. */
  follow(recent: Recent): void {
    if (this.position < recent.before) return this.goOnFrom('trop_de_faits', recent.last);
    const waiting = recent.last - this.position;
    const shown = waiting === 0 ? 0 : this.rate.take(waiting, this.clock.monotonic(), Math.min(RESERVED, this.limits.perSecond - 1));
    if (shown === 0) return;
    const piece = recent.piece(this.position, shown);
    this.position += shown;
    this.write(piece);
  }

  /** Facts from the database, at the reader's own pace: it asked for them. */
  replay(facts: readonly PublishedFact[]): void {
    this.position = facts.at(-1)!.position;
    this.write(factFrames(facts));
  }

  /** The states of `subjects` as a whole, in one message. */
  states(subjects: readonly string[], kind: string, piece: Buffer): void {
    if (this.rate.take(1, this.clock.monotonic()) === 1) this.write(piece);
    else for (const subject of subjects) this.skip(subject, kind);
  }

  /** This subject changed and is not shown. */
  skip(subject: string, kind: string): void {
    if (this.skipped.size <= MOST_SKIPPED) this.skipped.set(subject, kind);
  }

  /** Tells what was passed over, as far as the rate allows. */
  tellSkipped(): void {
    if (this.skipped.size === 0) return;
    const now = this.clock.monotonic();
    if (this.skipped.size > MOST_SKIPPED) {
      if (this.rate.take(1, now) === 1) this.readAllAgain('trop_de_changements', this.position);
      return;
    }
    for (const [sujet, genre] of this.skipped) {
      if (this.rate.take(1, now) === 0) return;
      this.skipped.delete(sujet);
      this.write(frame('relire', { sujet, genre }));
    }
  }

  /** What this stream knows is not enough to go on from: read everything again, then follow from `position`. */
  readAllAgain(raison: string, position: number): void {
    this.skipped.clear();
    this.goOnFrom(raison, position);
  }

  private goOnFrom(raison: string, position: number): void {
    this.position = position;
    // With its id: a client that comes back later begins from here, not from what was too old.
    this.write(frame('relire_tout', { raison }, position));
  }

  heartbeat(): void {
    this.write(HEARTBEAT);
  }

  /** Resolves when the reader can take more; false when it could not within `patienceMs` or is gone. */
  drained(patienceMs: number): Promise<boolean> {
    if (this.over || !this.sink.full) return Promise.resolve(!this.over);
    return new Promise((resolve) => {
      const disarm = this.clock.after(patienceMs, () => resolve(false));
      this.sink.whenDrained(() => {
        disarm();
        resolve(!this.over);
      });
    });
  }

  /** Sends the reader away; what is written still leaves, for a while. */
  end(): void {
    if (this.over) return;
    this.gone();
    this.sink.end();
    this.clock.after(LAST_WORDS_MS, () => this.sink.cut());
  }

  /** The reader left, or must go at once. */
  gone(): void {
    if (this.over) return;
    this.over = true;
    this.left(this);
  }

  private write(piece: Buffer): void {
    if (this.over) return;
    this.sink.write(piece);
    if (this.sink.pending <= this.limits.pendingBytes) return;
    this.sink.write(frame('relire_tout', { raison: 'lecture_trop_lente' }));
    this.end();
  }
}
