import type { Socket } from 'node:net';
import type { Clock } from '../clock.js';
import { HANDSHAKE_MS } from './handshake.js';
import type { Tally } from './traffic.js';

/** Connections whose other side is not recognized yet. Raising it gives more memory to strangers. */
export const MAX_STRANGERS = 64;

/**
 * Where connections wait to be recognized: for two seconds, and never more than 64 of them; the one that waited longest makes room.
 * They are kept by address and port, because under TLS the socket that arrives is not the one that speaks.
 */
export class WaitingRoom {
  private readonly strangers = new Map<string, { readonly socket: Socket; readonly cancel: () => void }>();

  constructor(
    private readonly clock: Clock,
    private readonly tally: Tally,
  ) {}

  get size(): number {
    return this.strangers.size;
  }

  admit(socket: Socket): void {
    const place = placeOf(socket);
    const [longest] = this.strangers.keys();
    if (this.strangers.size >= MAX_STRANGERS) this.turnOut(longest!, 'Too many connections wait to be recognized');
    const cancel = this.clock.after(HANDSHAKE_MS, () => this.turnOut(place, `No handshake within ${HANDSHAKE_MS} ms`));
    this.strangers.set(place, { socket, cancel });
    socket.once('close', () => {
      if (this.strangers.get(place)?.socket === socket) this.recognized(place);
    });
    // A stranger that hangs up is no news; without a listener its reset would end the process.
    socket.on('error', () => {});
  }

  /** It is no stranger any more: it may stay. */
  recognized(place: string): void {
    this.strangers.get(place)?.cancel();
    this.strangers.delete(place);
  }

  empty(): void {
    for (const [place, { socket }] of this.strangers) {
      this.recognized(place);
      socket.destroy();
    }
  }

  private turnOut(place: string, why: string): void {
    const stranger = this.strangers.get(place);
    this.recognized(place);
    stranger?.socket.destroy();
    this.tally.drop('unauthenticated', place.slice(0, place.lastIndexOf(' ')), new Error(why));
  }
}

/** The other end of a living connection: unique at one port. */
export function placeOf(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort}`;
}
