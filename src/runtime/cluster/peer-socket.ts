import type { Socket } from 'node:net';
import { TcpSocket } from '@nestjs/microservices';
import type { Transcript } from './handshake.js';
import type { Tally } from './traffic.js';
import type { Sender } from './transport-port.js';
import { BadFrame, decode, encode, FrameReader, MAX_FRAME_BYTES, MAX_STRANGER_BYTES } from './wire.js';

/** What may wait to be sent on one connection, in bytes. Raising it keeps more for a peer that does not read. */
export const MAX_WAITING_BYTES = 8 << 20;
/** Silence after which the kernel asks whether the other machine is still there. */
const KEEP_ALIVE_MS = 5000;

/** More waits than a connection may keep: this message was not sent. */
export class NoRoom extends Error {
  override readonly name = 'NoRoom';
  constructor() {
    super(`More than ${MAX_WAITING_BYTES} bytes wait for a peer that does not read`);
  }
}

/**
 * One connection, in Nest's terms: emits `message` for each frame. A stranger may say little, and whatever cannot be read ends it.
 * Messages of one turn of the event loop leave in one packet.
 */
export class PeerSocket extends TcpSocket {
  /** Who the other one is, once it is proved. */
  from: Sender | undefined;
  /** What the handshake has established so far. */
  transcript: Transcript | undefined;
  /** Calls of the other one that are being answered here. */
  running = 0;
  private corked = false;
  private readonly frames = new FrameReader(() => (this.from === undefined ? MAX_STRANGER_BYTES : MAX_FRAME_BYTES));

  /** `label` names the other one as long as nothing better is known. */
  constructor(
    socket: Socket,
    private readonly tally: Tally,
    readonly label: string,
  ) {
    super(socket);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
  }

  /** For the log. */
  get name(): string {
    return this.from?.id ?? this.label;
  }

  get hasRoom(): boolean {
    return this.socket.writableLength < MAX_WAITING_BYTES;
  }

  destroy(): void {
    this.socket.destroy();
  }

  /** Throws `BadFrame` and `NoRoom`: then nothing was sent. */
  protected override handleSend(message: unknown): void {
    if (!this.hasRoom) throw new NoRoom();
    const frame = encode(message);
    this.tally.bytesOut += Buffer.byteLength(frame);
    if (!this.corked) {
      this.corked = true;
      this.socket.cork();
      process.nextTick(() => {
        this.corked = false;
        this.socket.uncork();
      });
    }
    this.socket.write(frame);
  }

  protected override handleData(data: Buffer): void {
    this.tally.bytesIn += data.length;
    this.frames.push(data, (body) => {
      // The frame before this one may have ended the connection.
      if (!this.socket.destroyed) this.socket.emit('message', decode(body));
    });
  }

  /** Nothing that follows a bad frame can be told from garbage. */
  protected override handleDataError(error: unknown): void {
    this.destroy();
    if (error instanceof BadFrame) this.tally.drop(error.fault, this.name, error);
    else this.tally.say(this.name, 'message', `A message of ${this.name} broke what reads it`, error);
  }
}
