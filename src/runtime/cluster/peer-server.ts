import type { Socket } from 'node:net';
import type { LoggerService } from '@nestjs/common';
import { ServerTCP, TcpContext, type TcpSocket, type WritePacket } from '@nestjs/microservices';
import type { Observable } from 'rxjs';
import { Doorkeeper, type PeerKit } from './doorkeeper.js';
import { type Answer, answering, type Hear, telling } from './listening.js';
import { FAILED, readPacket } from './packets.js';
import { NoRoom, PeerSocket } from './peer-socket.js';
import { serverTls } from './peer-tls.js';
import type { DropReason } from './traffic.js';
import type { Check, Sender } from './transport-port.js';

/** Calls of one peer that are answered at once; past it they fail. Raising it lets one peer hold more of this process. */
const MAX_RUNNING = 4096;

/** What moves in the server, for the transport. */
export interface ServerEvents {
  opened(): void;
  closed(): void;
  /** No call is being answered any more. */
  idle(): void;
}

/**
 * The listening half, as a strategy of Nest's TCP transport: its handlers, hooks and streams of answers, behind a door that lets in
 * recognized peers and checked messages only. `@MessagePattern` handlers, which check nothing, are out of reach.
 */
export class PeerServer extends ServerTCP {
  /** The gate: closed, nothing new is dispatched. */
  accepting = false;
  /** Calls being answered. */
  running = 0;
  /** The port: the real one once open. Kept through a restart, for peers know it. */
  bound: number;
  protected override readonly logger: LoggerService;
  private readonly door: Doorkeeper;
  private readonly listeners = new Map<string, { readonly check: Check<unknown>; readonly answers: boolean }>();

  constructor(
    address: { readonly host: string; readonly port: number },
    private readonly kit: PeerKit,
    private readonly events: ServerEvents,
  ) {
    super({ ...address, ...(kit.tls === undefined ? {} : { tlsOptions: serverTls(kit.tls) }) });
    this.logger = { log: () => {}, warn: () => {}, error: (error: unknown) => this.say(error) };
    this.bound = address.port;
    this.door = new Doorkeeper(kit);
    // The socket that arrives, before any TLS: one that never finishes that handshake counts too.
    this.server.on('connection', (socket: Socket) => this.door.arrive(socket));
    this.server.on('tlsClientError', (error: Error, { remoteAddress }: Socket) =>
      kit.tally.drop('unauthenticated', remoteAddress ?? 'a stranger', error),
    );
  }

  /** Recognized peers connected here. */
  get inbound(): number {
    return this.door.inbound;
  }

  get isOpen(): boolean {
    return this.server.listening;
  }

  /** Nest's way in. `callback` gets the error when the port cannot be had; when it is open already, nothing happens. */
  override listen(callback: (error?: unknown) => void): void {
    if (this.isOpen) return callback();
    const failed = (error: NodeJS.ErrnoException): void => {
      this.server.off('listening', opened);
      callback(unopened(error, this.host, this.bound));
    };
    const opened = (): void => {
      this.server.off('error', failed);
      this.bound = (this.server.address() as { port: number }).port;
      this.accepting = true;
      this.events.opened();
      callback();
    };
    this.server.once('error', failed).once('listening', opened);
    this.server.listen(this.bound, this.host);
  }

  /** Nest's way out: at once. Whoever is being answered loses the answer. */
  override close(): void {
    this.accepting = false;
    super.close();
    this.door.empty();
    this.events.closed();
  }

  /** Nobody new; whoever is being answered still is. */
  leave(): void {
    this.accepting = false;
    this.server.close();
  }

  /** Destroys what that incarnation has open here; without one, what anybody has. */
  cut(peer?: Sender): void {
    if (peer === undefined) this.door.empty();
    else this.door.cut(peer);
  }

  hear<T>(kind: string, check: Check<T>, hear: Hear<T>): void {
    this.register(kind, check, false, telling(kind, hear, this.kit.tally));
  }

  answer<T>(kind: string, check: Check<T>, answer: Answer<T>): void {
    this.register(kind, check, true, answering(kind, answer, this.kit.tally));
  }

  /** Who came last listens: a part that starts again brings its listeners along. */
  private register<T>(kind: string, check: Check<T>, answers: boolean, handle: (data: T, context: TcpContext) => unknown): void {
    this.listeners.set(kind, { check, answers });
    this.messageHandlers.delete(kind);
    this.addHandler(kind, handle as Parameters<ServerTCP['addHandler']>[1], !answers);
  }

  /** Nest parses the name of each message as JSON first; ours are plain. */
  override getHandlerByPattern(pattern: string): ReturnType<ServerTCP['getHandlerByPattern']> {
    return this.messageHandlers.get(pattern) ?? null;
  }

  override async handleMessage(socket: TcpSocket, message: unknown): Promise<void> {
    const peer = socket as PeerSocket;
    if (peer.from === undefined) return this.door.greet(peer, message);
    // Said to a former life of ours: the other one must get to know this one first.
    if (peer.transcript?.server.incarnation !== this.kit.me().incarnation) return peer.destroy();
    const packet = readPacket(message);
    if (packet === undefined) return this.refuse(peer, undefined, 'schema', new Error('This is no message'));
    const { pattern, id } = packet;
    const listener = this.listeners.get(pattern);
    if (listener?.answers !== (id !== undefined)) {
      return this.refuse(peer, id, 'unknown kind', new Error(`Nobody listens to "${pattern.slice(0, 60)}"`));
    }
    let data: unknown;
    try {
      data = listener.check(packet.data);
    } catch (error) {
      return this.refuse(peer, id, 'schema', error);
    }
    if (!this.accepting) return this.respond(peer, id, FAILED);
    const context = new TcpContext([peer, pattern]);
    if (id === undefined) return this.handleEvent(pattern, { pattern, data }, context) as Promise<void>;
    return this.take(peer, id, data, context);
  }

  private take(peer: PeerSocket, id: string, data: unknown, context: TcpContext): void {
    if (peer.running >= MAX_RUNNING) return this.respond(peer, id, FAILED);
    peer.running++;
    this.running++;
    const produce = async (): Promise<Observable<unknown>> =>
      (await this.getHandlerByPattern(context.getPattern())!(data, context)) as Observable<unknown>;
    return this.handleRequest(context, produce, (answer) => {
      this.respond(peer, id, answer);
      if (answer.isDisposed !== true && answer.err === undefined) return;
      this.kit.tally.answered++;
      peer.running--;
      if (--this.running === 0) this.events.idle();
    });
  }

  private refuse(peer: PeerSocket, id: string | undefined, reason: DropReason, error: unknown): void {
    this.kit.tally.drop(reason, peer.name, error);
    this.respond(peer, id, FAILED);
  }

  private respond(peer: PeerSocket, id: string | undefined, answer: WritePacket): void {
    if (id === undefined) return;
    try {
      peer.sendMessage({ ...answer, id });
    } catch (error) {
      this.kit.tally.say(peer.name, 'answer', `An answer cannot be sent to ${peer.name}`, error);
      // An answer without one of its pieces would be a lie.
      if (error instanceof NoRoom) peer.destroy();
      else peer.sendMessage({ ...FAILED, id });
    }
  }

  override bindHandler(socket: Socket): void {
    this.trackOpenSocket(socket);
    const peer = new PeerSocket(socket, this.kit.tally, socket.remoteAddress ?? 'a stranger');
    peer.on('message', (message) => void this.handleMessage(peer, message).catch((error: unknown) => this.say(error)));
    // A connection that breaks is no news.
    peer.on('error', () => {});
  }

  /** Nest's trouble with the port as a whole; why it cannot be opened, `listen` tells. */
  protected override handleError(error: unknown): void {
    if (this.isOpen) this.say(error);
  }

  private say(error: unknown): void {
    this.kit.tally.say('the cluster port', 'server', 'The cluster port has trouble', error);
  }
}

function unopened(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const taken = 'another program has it. Stop that one, or give this instance another cluster port';
  const why = error.code === 'EADDRINUSE' ? taken : error.message;
  return new Error(`The cluster port ${host}:${port} cannot be opened (${error.code ?? 'error'}): ${why}`, { cause: error });
}
