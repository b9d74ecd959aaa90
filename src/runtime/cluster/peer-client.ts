import { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Logger } from '@nestjs/common';
import { ClientTCP, type WritePacket } from '@nestjs/microservices';
import type { Cancel } from '../clock.js';
import type { PeerKit } from './doorkeeper.js';
import { freshNonce, HANDSHAKE_MS, macOf, proves, readGreeting, readProof, type Transcript } from './handshake.js';
import { PeerSocket } from './peer-socket.js';
import { clientTls, mayBe } from './peer-tls.js';
import { CallFailed, type Sender } from './transport-port.js';

/** Calls of one connection that may wait for their answer. Raising it keeps more for a peer that answers nothing. */
const MAX_CALLS = 16_384;

/** Where a connection goes; `label` names it in the log. */
export interface Destination {
  readonly host: string;
  readonly port: number;
  readonly label: string;
}

/** What becomes of one connection. */
export interface ClientEvents {
  /** The other one says who it is, which is not proved yet. A text: why it is not wanted; the connection ends. */
  met(peer: Sender): string | undefined;
  up(peer: Sender): void;
  /** Once, at the end, whether or not it was up. */
  down(why: string): void;
}

export interface CallOptions {
  readonly timeoutMs: number;
  readonly onPiece: (piece: unknown) => void;
}

/**
 * The calling half: one connection of Nest's TCP client, from its first packet to its end. It never comes back by itself (Nest's `send`
 * would connect again and repeat nothing or everything): whoever wants another connection makes another client.
 */
export class PeerClient extends ClientTCP {
  /** Who the other one is, once it is proved. */
  peer: Sender | undefined;
  protected override readonly logger = { error: (error: unknown) => this.handleError(error) } as unknown as Logger;
  /** Who we were when this was made: another life of ours makes its own connections. */
  private readonly as: Sender;
  private transcript: Transcript | undefined;
  private trouble: string | undefined;
  private over = false;
  private impatience: Cancel = () => {};
  private lastId = 0;

  constructor(
    private readonly to: Destination,
    private readonly kit: PeerKit,
    private readonly events: ClientEvents,
  ) {
    super({ host: to.host, port: to.port, ...(kit.tls === undefined ? {} : { tlsOptions: clientTls(kit.tls) }) });
    const { id, incarnation } = kit.me();
    this.as = { id, incarnation };
  }

  /** True while what is sent has a chance to arrive, and to arrive as ours. */
  get ready(): boolean {
    return this.peer !== undefined && !this.over && this.as.incarnation === this.kit.me().incarnation;
  }

  /** Connects and makes itself known. Called once. */
  start(): void {
    this.impatience = this.kit.clock.after(HANDSHAKE_MS, () => this.end(`no handshake within ${HANDSHAKE_MS} ms`));
    const nonce = freshNonce(this.kit.clock);
    const hello = (): void => this.wire?.sendMessage({ step: 'hello', ...this.as, nonce });
    this.greet = (message) => this.challenged(message, nonce);
    this.connect().then(hello, (error: unknown) => this.end(error instanceof Error ? error.message : String(error)));
  }

  /** Dropped when there is no connection, or too much waits in it. */
  tell(kind: string, data: unknown): boolean {
    if (!this.ready || !this.wire!.hasRoom) return false;
    try {
      this.wire!.sendMessage({ pattern: kind, data });
      return true;
    } catch (error) {
      this.kit.tally.say(this.to.label, kind, `"${kind}" cannot be sent to ${this.to.label}`, error);
      return false;
    }
  }

  /** One request with one id, written once. Rejects with `CallFailed`. */
  call(kind: string, data: unknown, { timeoutMs, onPiece }: CallOptions): Promise<void> {
    return new Promise((resolve, reject) => {
      if (!this.ready || this.routingMap.size >= MAX_CALLS) return reject(unsent(kind, this.to.label));
      let left = false;
      const end = (failure?: CallFailed): void => {
        deadline();
        forget();
        if (failure === undefined) resolve();
        else reject(failure);
      };
      const fail = (why: 'lost' | 'late', what: string): void => end(new CallFailed(why, `"${kind}" to ${this.to.label}: ${what}`));
      const deadline = this.kit.clock.after(timeoutMs, () => fail('late', `no answer within ${timeoutMs} ms`));
      let forget = (): void => {};
      forget = this.publish({ pattern: kind, data }, ({ err, response, isDisposed }: WritePacket<unknown>) => {
        if (!left) return end(unsent(kind, this.to.label, err));
        if (err !== undefined) return fail('lost', err instanceof Error ? err.message : 'the other side failed');
        try {
          if (response !== undefined) onPiece(response);
        } catch (error) {
          this.kit.tally.drop('schema', this.to.label, error);
          return fail('lost', 'the answer is not understood');
        }
        if (isDisposed === true) end();
      });
      left = true;
    });
  }

  /** Destroys the connection: what waits in it is gone, its calls are `lost`. */
  end(why: string): void {
    if (this.over) return;
    this.over = true;
    this.impatience();
    this.wire?.destroy();
    super.handleClose();
    this.events.down(why);
  }

  override createSocket(): PeerSocket {
    const { port, host, tlsOptions } = this;
    const socket = tlsOptions === undefined ? new Socket() : connectTls({ ...tlsOptions, port, host });
    return new PeerSocket(socket, this.kit.tally, this.to.label);
  }

  override async handleResponse(message: unknown): Promise<void> {
    if (this.over) return;
    if (this.peer === undefined) return this.greet(message);
    const { id, err, response, isDisposed } = message as WritePacket & { id?: unknown };
    if (typeof id !== 'string') return this.kit.tally.drop('schema', this.to.label, new Error('This is no answer'));
    // Nobody waits for it: its time was up.
    this.routingMap.get(id)?.({ err, response, isDisposed });
  }

  override handleError(error: unknown): void {
    this.trouble = error instanceof Error ? error.message : String(error);
  }

  override handleClose(): void {
    this.end(this.trouble ?? (this.peer === undefined ? 'turned away: does it have the same secret?' : 'closed by the other side'));
  }

  protected override assignPacketId<P extends object>(packet: P): P & { id: string } {
    return Object.assign(packet, { id: String(++this.lastId) });
  }

  private get wire(): PeerSocket | null {
    return this.socket as PeerSocket | null;
  }

  /** What the next message of the handshake is for. */
  private greet: (message: unknown) => void = () => {};

  private challenged(message: unknown, nonce: string): void {
    const server = readGreeting('challenge', message);
    if (server === undefined) return this.refuse('It answers no handshake');
    if (!mayBe(this.wire!.netSocket, server.id)) return this.refuse(`Its certificate is not of "${server.id}"`);
    const unwanted = this.events.met({ id: server.id, incarnation: server.incarnation });
    if (unwanted !== undefined) return this.end(unwanted);
    this.transcript = { client: { ...this.as, nonce }, server };
    this.greet = (welcome) => this.welcomed(welcome, this.transcript!);
    this.wire!.sendMessage({ step: 'proof', mac: macOf(this.kit.secret, 'client', this.transcript) });
  }

  private welcomed(message: unknown, transcript: Transcript): void {
    const mac = readProof('welcome', message);
    if (mac === undefined || !proves(this.kit.secret, 'server', transcript, mac)) return this.refuse('It does not know the secret');
    // Recognized as who we are no more.
    if (this.as.incarnation !== this.kit.me().incarnation) return this.end('another life');
    const { id, incarnation } = transcript.server;
    this.impatience();
    this.peer = this.wire!.from = { id, incarnation };
    this.events.up(this.peer);
  }

  private refuse(why: string): void {
    this.kit.tally.drop('unauthenticated', this.to.label, new Error(why));
    this.end(why);
  }
}

function unsent(kind: string, label: string, cause?: unknown): CallFailed {
  const why = cause instanceof Error ? cause.message : 'no connection';
  return new CallFailed('unsent', `"${kind}" to ${label} was not sent: ${why}`);
}
