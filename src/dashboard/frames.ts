import type { PublishedFact } from '../runtime/outbox/relay.js';

/** What is written on an event stream (WHATWG HTML, "Server-sent events"). JSON text holds no line break, so one `data:` line is enough. */

/** One event. With `id` a client that comes back says how far it had read. */
export function frame(event: string, data: unknown, id?: number): Buffer {
  return Buffer.from(`${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}

/** Shows the connection to be alive; no client sees it. */
export const HEARTBEAT = Buffer.from(':\n\n');

/** Facts in publication order, written out once for all who read them, and only those that somebody reads. */
export class Batch {
  private readonly frames: Buffer[] = [];
  private readonly joined = new Map<string, Buffer>();

  constructor(readonly facts: readonly PublishedFact[]) {}

  /** `count` facts from the `from`th on, as one piece. Readers at the same place share the same memory. */
  piece(from: number, count: number): Buffer {
    const name = `${from} ${count}`;
    let piece = this.joined.get(name);
    if (piece === undefined) {
      piece = Buffer.concat(this.facts.slice(from, from + count).map((fact, i) => (this.frames[from + i] ??= factFrame(fact))));
      this.joined.set(name, piece);
    }
    return piece;
  }
}

function factFrame({ position, stream, kind, version, type, instant, data }: PublishedFact): Buffer {
  const shown = { position, agregat: stream, genre: kind, version, type, instant: new Date(instant).toISOString(), donnees: data };
  return frame('fait', shown, position);
}
