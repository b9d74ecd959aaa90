import type { PublishedFact } from '../runtime/outbox/relay.js';

/** What is written on an event stream (WHATWG HTML, "Server-sent events"). JSON text holds no line break, so one `data:` line is enough. */

/** One event. With `id` a client that comes back says how far it had read. */
export function frame(event: string, data: unknown, id?: number): Buffer {
  return Buffer.from(`${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}

/** Shows the connection to be alive: to what stands on the way, and, as a browser's code never sees a comment, to the page by an event. */
export const HEARTBEAT = Buffer.from(':\nevent: battement\ndata: {}\n\n');

/** Facts as one piece. */
export function factFrames(facts: readonly PublishedFact[]): Buffer {
  return Buffer.concat(facts.map(factFrame));
}

/** Pieces kept for readers at the same place. Readers in step need one; the rest is slack. */
const PIECES = 64;

/**
 * The last facts, densely by position, for readers that are at different places among them. A fact is written out once for all,
 * and only if somebody reads it; readers at the same place share the same memory.
 */
export class Recent {
  private facts: PublishedFact[] = [];
  private frames: Buffer[] = [];
  private readonly pieces = new Map<string, Buffer>();
  /** The position before the oldest fact kept. */
  before = 0;

  /** Keeps at least the last `most` facts, at most twice as many. */
  constructor(private readonly most: number) {}

  get last(): number {
    return this.before + this.facts.length;
  }

  /** Forgets everything; what comes next follows on from `position`. */
  reset(position: number): void {
    this.before = position;
    this.facts = [];
    this.frames = [];
    this.pieces.clear();
  }

  /** Facts that follow on from `last`. */
  append(facts: readonly PublishedFact[]): void {
    if (facts[0]!.position !== this.last + 1) this.reset(facts[0]!.position - 1);
    for (const fact of facts) this.facts.push(fact);
    this.frames.length = this.facts.length;
    const surplus = this.facts.length - this.most;
    if (surplus <= this.most) return;
    this.facts = this.facts.slice(surplus);
    this.frames = this.frames.slice(surplus);
    this.before += surplus;
  }

  /** The `count` facts after the position `after`, which is not before `before`. */
  piece(after: number, count: number): Buffer {
    const name = `${after} ${count}`;
    let piece = this.pieces.get(name);
    if (piece === undefined) {
      const from = after - this.before;
      piece = Buffer.concat(this.facts.slice(from, from + count).map((fact, i) => (this.frames[from + i] ??= factFrame(fact))));
      if (this.pieces.size >= PIECES) this.pieces.clear();
      this.pieces.set(name, piece);
    }
    return piece;
  }
}

function factFrame({ position, stream, kind, version, type, instant, data }: PublishedFact): Buffer {
  const shown = { position, agregat: stream, genre: kind, version, type, instant: new Date(instant).toISOString(), donnees: data };
  return frame('fait', shown, position);
}
