/**
 * Demandes on their way to their owners: what one event-loop turn has for one peer travels in one frame (or a few, when it is much).
 *
 * B1. Every demande is settled: by a reply, or by why there is none, at its deadline at the latest.
 * B2. Nothing is sent twice: what comes of a frame that had no answer is for the one who asked to decide.
 * B3. What waits for one peer is bounded (A7).
 */
import type { Cancel, Clock } from '../clock.js';
import type { Peer } from './peer.js';
import { CallFailed, type Transport } from './transport-port.js';
import { checkPiece, FRAME_BYTES, FRAME_DEMANDES, type Forwarded, type Reply, rowOf } from './demande-frames.js';
import { weight } from './json-weight.js';

/** The call by which demandes travel. */
export const DEMANDES = 'demandes';
/** Demandes that may wait for one peer; each holds about 1 kB on both sides. Raising it lengthens the worst answer of a slow peer. */
const OUTSTANDING = 8_192;
/** How much sooner an owner must have answered than the one who asked it: the way back, and the owner's own granularity. */
const WIRE_MS = 150;
/** How long before its deadline a demande without an answer is settled here. */
const MARGIN_MS = 25;
/** Deadlines this close together are served by one timer. */
const TOGETHER_MS = 5;

/**
 * What became of a demande that was sent to `to`, as it is known here. `late`: nobody has answered in time. `unsent`: it provably never left; when `to`
 * is still reachable then, it was for want of room: the peer does not keep up.
 */
export type Sent = Reply | { readonly is: 'unsent' } | { readonly is: 'late' };

interface Passenger {
  readonly one: Forwarded;
  /** Monotonic milliseconds. */
  readonly deadline: number;
  /** Undefined once settled. */
  settle: ((sent: Sent) => void) | undefined;
}

interface Line {
  readonly to: Peer;
  waiting: Passenger[];
  outstanding: number;
}

export class Bundles {
  /** Frames sent since the start. */
  frames = 0;
  private readonly lines = new Map<string, Line>();

  constructor(
    private readonly transport: Transport,
    private readonly clock: Clock,
    /** Version of the view by which demandes are placed. */
    private readonly view: () => number,
  ) {}

  /** Sends one demande with the others of this turn. Never rejects. */
  send(to: Peer, one: Forwarded, deadline: number): Promise<Sent> {
    const line = this.line(to);
    if (line.outstanding >= OUTSTANDING) return Promise.resolve({ is: 'overloaded', retryAfterMs: 1000 });
    line.outstanding++;
    return new Promise((resolve) => {
      line.waiting.push({ one, deadline, settle: resolve });
      if (line.waiting.length === 1) this.clock.soon(() => this.leave(line));
    });
  }

  /** Demandes that wait for an answer from elsewhere. */
  get outstanding(): number {
    let count = 0;
    for (const line of this.lines.values()) count += line.outstanding;
    return count;
  }

  private line(to: Peer): Line {
    let line = this.lines.get(to.incarnation);
    if (line === undefined) {
      line = { to, waiting: [], outstanding: 0 };
      this.lines.set(to.incarnation, line);
    }
    return line;
  }

  private leave(line: Line): void {
    const { waiting } = line;
    line.waiting = [];
    const now = this.clock.monotonic();
    const rows = waiting.map(({ one, deadline }) => rowOf(one, deadline - now - WIRE_MS));
    for (let from = 0; from < rows.length;) {
      const to = endOfFrame(rows, from);
      void this.carry(line, waiting.slice(from, to), rows.slice(from, to));
      from = to;
    }
  }

  private async carry(line: Line, frame: readonly Passenger[], demandes: readonly unknown[]): Promise<void> {
    const last = frame.reduce((latest, { deadline }) => Math.max(latest, deadline), 0);
    const timeoutMs = Math.max(1, last - this.clock.monotonic() - MARGIN_MS);
    const watch = new Watch(this.clock, frame);
    this.frames++;
    // A frame whose answer ends before every demande has its reply was not understood there: nobody knows.
    let rest: Sent = { is: 'lost' };
    try {
      const onPiece = (piece: unknown): void => heard(frame, piece);
      await this.transport.call(line.to, DEMANDES, { view: this.view(), demandes }, { timeoutMs, onPiece });
    } catch (error) {
      if (error instanceof CallFailed) rest = { is: error.why };
    }
    watch.end();
    for (const passenger of frame) settle(passenger, rest);
    line.outstanding -= frame.length;
    if (line.outstanding === 0) this.lines.delete(line.to.incarnation);
  }
}

/** Where a frame that begins at `from` is full; a demande that alone is too much travels alone. Replies are cut the same way. */
export function endOfFrame(rows: readonly unknown[], from: number): number {
  let bytes = 0;
  for (let to = from; to < rows.length; to++) {
    bytes += weight(rows[to]);
    if (to - from === FRAME_DEMANDES || (bytes > FRAME_BYTES && to > from)) return to;
  }
  return rows.length;
}

/** A piece that cannot be read is dropped: its demandes count as lost when the call ends. */
function heard(frame: readonly Passenger[], data: unknown): void {
  try {
    for (const [index, reply] of checkPiece(data, frame.length)) settle(frame[index]!, reply);
  } catch {
    return;
  }
}

function settle(passenger: Passenger, sent: Sent): void {
  const { settle: tell } = passenger;
  passenger.settle = undefined;
  tell?.(sent);
}

/** Settles the demandes of a frame whose time is up: one timer for all of them. */
class Watch {
  private cancel: Cancel | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly frame: readonly Passenger[],
  ) {
    this.arm();
  }

  end(): void {
    this.cancel?.();
  }

  private arm(): void {
    let soonest = Infinity;
    for (const { deadline, settle: open } of this.frame) if (open !== undefined && deadline < soonest) soonest = deadline;
    if (soonest === Infinity) return;
    this.cancel = this.clock.after(Math.max(0, soonest - MARGIN_MS - this.clock.monotonic()), () => {
      const late = this.clock.monotonic() + MARGIN_MS + TOGETHER_MS;
      for (const passenger of this.frame) if (passenger.deadline <= late) settle(passenger, { is: 'late' });
      this.arm();
    });
  }
}
