/**
 * Messages on a TCP stream: Nest's own frame, `<length>#<JSON>`, but with the length in bytes, so that a frame too long is refused
 * from its first digits and nothing is decoded before it is whole.
 */

/** The longest frame, in bytes of JSON. A sender that wants to say more says it in pieces. */
export const MAX_FRAME_BYTES = 1 << 20;
/** The longest frame of a stranger: a handshake needs 500. */
export const MAX_STRANGER_BYTES = 4096;
/** Values and properties in one frame. JSON that is all structure costs ten times what as much text does: 70 ms for 1 MiB of `[{},{},…`. */
export const MAX_FRAME_PARTS = 65_536;
/** Arrays and objects inside each other. */
export const MAX_FRAME_DEPTH = 64;
/** Below this size no JSON takes long, whatever it holds. */
const HARMLESS_BYTES = 32_768;

const [HASH, ZERO, QUOTE, BACKSLASH, COMMA, COLON] = [0x23, 0x30, 0x22, 0x5c, 0x2c, 0x3a];
const [ARRAY, ARRAY_END, OBJECT, OBJECT_END] = [0x5b, 0x5d, 0x7b, 0x7d];
const FIRST_BUFFER = 4096;

/** Why a frame is refused; the connection that it came by ends with it. */
export type FrameFault = 'garbage' | 'oversized';

export class BadFrame extends Error {
  override readonly name = 'BadFrame';
  constructor(
    readonly fault: FrameFault,
    message: string,
  ) {
    super(message);
  }
}

/** The frame of a message. Throws `BadFrame` for what the other side would refuse. */
export function encode(message: unknown): string {
  const json = JSON.stringify(message);
  const bytes = Buffer.byteLength(json);
  if (bytes > MAX_FRAME_BYTES) throw new BadFrame('oversized', `A message of ${bytes} bytes is over ${MAX_FRAME_BYTES}: send it in pieces`);
  if (bytes > HARMLESS_BYTES && intricate(Buffer.from(json))) throw tooIntricate();
  return `${bytes}#${json}`;
}

/** The message of a frame's body. Throws `BadFrame`. */
export function decode(body: Buffer): unknown {
  if (body.length > HARMLESS_BYTES && intricate(body)) throw tooIntricate();
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new BadFrame('garbage', 'A frame is not JSON');
  }
}

/** Cuts a stream into the bodies of its frames; holds at most one unfinished frame, in a buffer that grows with what has come. */
export class FrameReader {
  /** Bytes of the body being read; -1 while its length is. */
  private need = -1;
  private length = -1;
  private held = 0;
  private buffer = Buffer.alloc(0);

  /** `limit` is asked for each frame: who has been recognized may say more. */
  constructor(private readonly limit: () => number) {}

  /** Hands over each complete body. Throws `BadFrame`: nothing that follows can be read. */
  push(chunk: Buffer, body: (body: Buffer) => void): void {
    for (let at = 0; at < chunk.length;) {
      if (this.need < 0) {
        this.header(chunk[at++]!);
        continue;
      }
      const take = Math.min(this.need - this.held, chunk.length - at);
      if (this.held === 0 && take === this.need) this.finish(chunk.subarray(at, at + take), body);
      else this.keep(chunk, at, take, body);
      at += take;
    }
  }

  private header(byte: number): void {
    if (byte === HASH && this.length > 0) {
      this.need = this.length;
      this.length = -1;
      return;
    }
    const digit = byte - ZERO;
    if (digit < 0 || digit > 9) throw new BadFrame('garbage', 'These bytes are no frame');
    this.length = Math.max(this.length, 0) * 10 + digit;
    if (this.length > this.limit()) throw new BadFrame('oversized', `A frame of ${this.length} bytes or more is over ${this.limit()}`);
    // A length never starts with 0: zeros without end would be a header without end.
    if (this.length === 0) throw new BadFrame('garbage', 'A frame is empty');
  }

  private keep(chunk: Buffer, at: number, take: number, body: (body: Buffer) => void): void {
    const wanted = this.held + take;
    if (wanted > this.buffer.length) {
      // Doubling: a peer that announces a mebibyte and sends ten bytes costs four kibibytes.
      const grown = Buffer.allocUnsafe(Math.min(this.need, Math.max(FIRST_BUFFER, wanted, this.buffer.length * 2)));
      this.buffer.copy(grown, 0, 0, this.held);
      this.buffer = grown;
    }
    chunk.copy(this.buffer, this.held, at, at + take);
    this.held = wanted;
    if (this.held === this.need) this.finish(this.buffer.subarray(0, this.need), body);
  }

  private finish(whole: Buffer, body: (body: Buffer) => void): void {
    this.need = -1;
    this.held = 0;
    this.buffer = Buffer.alloc(0);
    body(whole);
  }
}

function tooIntricate(): BadFrame {
  return new BadFrame('garbage', `A message has more than ${MAX_FRAME_PARTS} parts, or is more than ${MAX_FRAME_DEPTH} deep`);
}

/** Whether a frame is all structure: counted without parsing, and only as far as needed. */
function intricate(body: Buffer): boolean {
  let parts = 0;
  let depth = 0;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at];
    if (byte === QUOTE) {
      for (at++; at < body.length && body[at] !== QUOTE; at++) if (body[at] === BACKSLASH) at++;
    } else if (byte === COMMA || byte === COLON) parts++;
    else if (byte === ARRAY || byte === OBJECT) {
      parts++;
      depth++;
    } else if (byte === ARRAY_END || byte === OBJECT_END) depth--;
    if (depth > MAX_FRAME_DEPTH || parts > MAX_FRAME_PARTS) return true;
  }
  return false;
}
