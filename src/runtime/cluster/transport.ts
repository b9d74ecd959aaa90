/**
 * The network between instances: Nest's TCP transport with a door.
 *
 * Guarantees:
 * - nobody is heard, and nobody is spoken to, before both sides have proved to know the secret (and, with TLS, to own the certificate of
 *   their INSTANCE_ID); a sender's identity comes from there;
 * - what arrives is bounded in size, checked by the check of its kind, or dropped and counted; it never ends more than its own connection;
 * - a message is written once. A call is answered, or fails by its deadline; when its connection breaks, at once;
 * - what waits to be sent is bounded: then tells are dropped and calls fail `unsent`.
 */
import type { ServerTCP } from '@nestjs/microservices';
import type { Cancel, Clock } from '../clock.js';
import type { PeerKit } from './doorkeeper.js';
import type { Peer } from './peer.js';
import type { CallOptions } from './peer-client.js';
import { PeerDials } from './peer-dials.js';
import { PeerServer } from './peer-server.js';
import type { PeerTls } from './peer-tls.js';
import { Tally, type Traffic } from './traffic.js';
import { CallFailed, type Check, type Sender, type Transport } from './transport-port.js';

/** How long the calls that are being answered may take when the port closes. */
const GRACE_MS = 1000;
/** A port that was given up for a while may be taken when it is wanted back: how long until it is asked for again. */
const REOPEN_MS = 1000;

export interface PeerTransportOptions {
  /** This life of this instance: asked each time, for the incarnation changes in place. Connections of a former life are dropped when met. */
  readonly me: () => Sender;
  readonly host: string;
  /** 0: the system chooses; `port` tells, and keeps it through a restart. */
  readonly port: number;
  readonly secret: string;
  /** Mutual TLS: see peer-tls.ts. */
  readonly tls?: PeerTls | undefined;
  readonly clock: Clock;
  /** What a person may have to look at; at most once in 10 s for the same reason and peer. */
  readonly report: (message: string, error: unknown) => void;
}

export class PeerTransport implements Transport {
  private readonly server: PeerServer;
  private readonly tally: Tally;
  private readonly kit: PeerKit;
  private readonly dials: PeerDials;
  private readonly hearers: ((peer: Peer, up: boolean) => void)[] = [];
  private life: string;
  private leaving: Promise<void> | undefined;
  private idle: () => void = () => {};
  /** While cut off: what ends it. */
  private reopening: Cancel = () => {};

  constructor({ host, port, report, ...rest }: PeerTransportOptions) {
    this.tally = new Tally(rest.clock, report);
    this.kit = { ...rest, tally: this.tally };
    this.life = rest.me().incarnation;
    this.dials = new PeerDials(this.kit, (peer, up) => this.hearAll(peer, up));
    const events = { opened: () => this.dials.start(), closed: () => this.dials.stop(), idle: () => this.idle() };
    this.server = new PeerServer({ host, port }, this.kit, events);
  }

  /** For `app.connectMicroservice({ strategy })`: Nest may open and close the port with it, or the supervision tree with `open` and `close`. */
  get strategy(): ServerTCP {
    return this.server;
  }

  /** The real port once open. */
  get port(): number {
    return this.server.bound;
  }

  get traffic(): Traffic {
    const { dropped, calls, tells, answered, bytesIn, bytesOut } = this.tally;
    return { dropped: { ...dropped }, links: this.dials.size, inbound: this.server.inbound, calls, tells, answered, bytesIn, bytesOut };
  }

  /** Listens, then connects to whoever is followed. Rejects with a clear error when the port cannot be had. May follow a `close`. */
  async open(): Promise<void> {
    await this.leaving;
    this.reopening();
    await new Promise<void>((resolve, reject) => this.server.listen((error) => (error === undefined ? resolve() : reject(error as Error))));
  }

  /** Takes nothing new, gives what is being answered a second, then destroys every connection. What was followed stays so for `open`. */
  async close(): Promise<void> {
    this.reopening();
    this.leaving ??= this.leave().finally(() => (this.leaving = undefined));
    await this.leaving;
  }

  /** As if its cable were pulled: every connection breaks, and for `ms` nothing comes in or goes out. Then it listens, and finds those that it followed. */
  isolate(ms: number): void {
    this.reopening();
    this.server.close();
    this.reopening = this.kit.clock.after(ms, () => this.reopen());
  }

  tell(to: Peer, kind: string, data: unknown): void {
    if (this.dials.to(to)?.tell(kind, data) === true) this.tally.tells++;
  }

  async call(to: Peer, kind: string, data: unknown, options: CallOptions): Promise<void> {
    this.tally.calls++;
    const link = this.dials.to(to);
    if (link === undefined) throw new CallFailed('unsent', `"${kind}" to ${to.id} was not sent: no connection`);
    await link.call(kind, data, options);
  }

  onTell<T>(kind: string, check: Check<T>, hear: (from: Sender, data: T) => void): void {
    this.server.hear(kind, check, hear);
  }

  onCall<T>(kind: string, check: Check<T>, answer: (from: Sender, data: T, piece: (piece: unknown) => void) => Promise<void>): void {
    this.server.answer(kind, check, answer);
  }

  follow(peers: readonly Peer[]): void {
    this.renew();
    this.dials.follow(peers.filter(({ incarnation }) => incarnation !== this.life));
  }

  /**
   * Keeps a connection to whoever answers at each of these, whatever its incarnation; `onLink` tells who it is. For peers that must
   * meet without the database. An address of this instance itself is let be; one of a followed peer shares its connection.
   */
  followAddresses(addresses: readonly { readonly host: string; readonly port: number }[]): void {
    this.dials.followAddresses(addresses.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`));
  }

  connected(peer: Peer): boolean {
    return this.dials.to(peer) !== undefined;
  }

  onLink(hear: (peer: Peer, up: boolean) => void): void {
    this.hearers.push(hear);
  }

  cut(peer: Sender): void {
    this.dials.to(peer)?.end('cut');
    this.server.cut(peer);
  }

  private reopen(): void {
    this.server.listen((error) => {
      if (error === undefined) return;
      this.tally.say('', 'reopen', 'The cluster port cannot be had again yet', error);
      this.reopening = this.kit.clock.after(REOPEN_MS, () => this.reopen());
    });
  }

  /** Another life of this instance speaks for itself: what was opened by the former one ends. */
  private renew(): void {
    const { incarnation } = this.kit.me();
    if (incarnation === this.life) return;
    this.life = incarnation;
    this.dials.cutAll('another life');
    this.server.cut();
  }

  private async leave(): Promise<void> {
    const { clock } = this.kit;
    const wasOpen = this.server.isOpen;
    this.server.leave();
    if (wasOpen && this.server.running > 0) {
      await new Promise<void>((resolve) => {
        const cancel = clock.after(GRACE_MS, resolve);
        this.idle = () => {
          cancel();
          resolve();
        };
      });
    }
    // The last answers are on their way out of this turn.
    await new Promise<void>((resolve) => clock.soon(() => clock.soon(resolve)));
    this.server.close();
  }

  private hearAll(peer: Peer, up: boolean): void {
    for (const hear of this.hearers) {
      try {
        hear(peer, up);
      } catch (error) {
        this.tally.say(peer.id, 'link', `Hearing of the connection to ${peer.id} failed`, error);
      }
    }
  }
}
