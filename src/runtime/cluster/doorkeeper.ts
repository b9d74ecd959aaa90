import type { Socket } from 'node:net';
import type { Clock } from '../clock.js';
import { freshNonce, macOf, proves, readGreeting, readProof } from './handshake.js';
import { mayBe, type PeerTls } from './peer-tls.js';
import type { PeerSocket } from './peer-socket.js';
import type { DropReason, Tally } from './traffic.js';
import type { Sender } from './transport-port.js';
import { placeOf, WaitingRoom } from './waiting-room.js';

/** Recognized peers connected at once: more than a grappe has. Raising it lets holders of the secret take more memory. */
const MAX_INBOUND = 256;
/** Nonces of used handshakes that are remembered, to call a replay by its name; an older one fails all the same. */
const REMEMBERED_NONCES = 1024;

/** What both halves of the transport lean on. */
export interface PeerKit {
  /** This life of this instance: asked each time, for it changes in place. */
  readonly me: () => Sender;
  readonly secret: string;
  readonly tls?: PeerTls | undefined;
  readonly clock: Clock;
  readonly tally: Tally;
}

/** Lets in who proves to know the secret; one connection for each incarnation. Turns away everybody else. */
export class Doorkeeper {
  private readonly room: WaitingRoom;
  private readonly peers = new Map<string, PeerSocket>();
  private readonly used = new Set<string>();

  constructor(private readonly kit: PeerKit) {
    this.room = new WaitingRoom(kit.clock, kit.tally);
  }

  /** Recognized peers connected now. */
  get inbound(): number {
    return this.peers.size;
  }

  arrive(socket: Socket): void {
    this.room.admit(socket);
  }

  /** What a stranger says: the handshake, or its last words. */
  greet(stranger: PeerSocket, message: unknown): void {
    if (stranger.transcript === undefined) this.hello(stranger, message);
    else this.proof(stranger, message);
  }

  cut({ incarnation }: Sender): void {
    const peer = this.peers.get(incarnation);
    this.peers.delete(incarnation);
    peer?.destroy();
  }

  empty(): void {
    this.room.empty();
    for (const peer of this.peers.values()) peer.destroy();
    this.peers.clear();
  }

  private hello(stranger: PeerSocket, message: unknown): void {
    const { me, clock } = this.kit;
    const hello = readGreeting('hello', message);
    if (hello === undefined) return this.turnAway(stranger, 'unauthenticated', 'It spoke before the handshake');
    if (this.used.has(hello.nonce)) return this.turnAway(stranger, 'replayed', 'This handshake was used before');
    if (!mayBe(stranger.socket, hello.id)) return this.turnAway(stranger, 'unauthenticated', `Its certificate is not of "${hello.id}"`);
    const { id, incarnation } = me();
    const server = { id, incarnation, nonce: freshNonce(clock) };
    stranger.transcript = { client: { id: hello.id, incarnation: hello.incarnation, nonce: hello.nonce }, server };
    stranger.sendMessage({ step: 'challenge', ...server });
  }

  private proof(stranger: PeerSocket, message: unknown): void {
    const { secret } = this.kit;
    const { client, server } = stranger.transcript!;
    const mac = readProof('proof', message);
    if (mac === undefined || !proves(secret, 'client', stranger.transcript!, mac))
      return this.turnAway(stranger, 'unauthenticated', `It does not know the secret, and says to be "${client.id}"`);
    if (client.incarnation === server.incarnation) return this.turnAway(stranger, 'unauthenticated', 'It says to be this very instance');
    if (!this.peers.has(client.incarnation) && this.peers.size >= MAX_INBOUND)
      return this.turnAway(stranger, 'unauthenticated', `More than ${MAX_INBOUND} peers`);
    this.remember(client.nonce);
    this.letIn(stranger, { id: client.id, incarnation: client.incarnation });
    stranger.sendMessage({ step: 'welcome', mac: macOf(secret, 'server', stranger.transcript!) });
  }

  private letIn(peer: PeerSocket, from: Sender): void {
    peer.from = from;
    this.room.recognized(placeOf(peer.socket));
    // A leftover whose other end is gone, without our knowing.
    this.peers.get(from.incarnation)?.destroy();
    this.peers.set(from.incarnation, peer);
    peer.socket.once('close', () => {
      if (this.peers.get(from.incarnation) === peer) this.peers.delete(from.incarnation);
    });
  }

  private remember(nonce: string): void {
    this.used.add(nonce);
    const [oldest] = this.used;
    if (this.used.size > REMEMBERED_NONCES) this.used.delete(oldest!);
  }

  private turnAway(stranger: PeerSocket, reason: DropReason, why: string): void {
    stranger.destroy();
    this.kit.tally.drop(reason, stranger.label, new Error(why));
  }
}
