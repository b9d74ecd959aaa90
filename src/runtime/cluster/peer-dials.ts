import type { PeerKit } from './doorkeeper.js';
import type { Peer } from './peer.js';
import type { Destination, PeerClient } from './peer-client.js';
import { PeerDial, type Switchboard } from './peer-dial.js';
import type { Sender } from './transport-port.js';

/** Whom to reach: at an address, a certain peer or whoever answers. */
interface Wanted {
  readonly address: string;
  readonly peer: Peer | undefined;
}

/** Every connection that this instance opens: one for each followed peer and address, and never two to one incarnation. */
export class PeerDials implements Switchboard {
  /** Connections that are up, by incarnation. */
  private readonly links = new Map<string, PeerClient>();
  /** Which dial has an incarnation, from the moment it met it. */
  private readonly claims = new Map<string, PeerDial>();
  private followed = new Map<string, PeerDial>();
  private addresses = new Map<string, PeerDial>();
  private running = false;

  constructor(
    private readonly kit: PeerKit,
    private readonly heard: (peer: Peer, up: boolean) => void,
  ) {}

  /** Connections that are up. */
  get size(): number {
    return this.links.size;
  }

  /** The connection to that very incarnation. One that a former life of ours opened ends here. */
  to({ incarnation }: Sender): PeerClient | undefined {
    const link = this.links.get(incarnation);
    if (link?.ready !== false) return link;
    link.end('another life');
    return undefined;
  }

  follow(peers: readonly Peer[]): void {
    this.followed = this.redial(
      this.followed,
      peers.map((peer) => ({ address: peer.address, peer })),
    );
  }

  followAddresses(addresses: readonly string[]): void {
    this.addresses = this.redial(
      this.addresses,
      addresses.map((address) => ({ address, peer: undefined })),
    );
  }

  start(): void {
    this.running = true;
    for (const dial of this.all()) dial.start();
  }

  /** Ends every connection; who was wanted stays so. */
  stop(): void {
    this.running = false;
    for (const dial of this.all()) dial.stop();
  }

  /** Ends every connection; they are opened again. */
  cutAll(why: string): void {
    for (const link of this.links.values()) link.end(why);
  }

  claim({ incarnation }: Sender, dial: PeerDial): boolean {
    if ((this.claims.get(incarnation) ?? dial) !== dial) return false;
    this.claims.set(incarnation, dial);
    return true;
  }

  release({ incarnation }: Sender, dial: PeerDial): void {
    if (this.claims.get(incarnation) !== dial) return;
    this.claims.delete(incarnation);
    for (const other of this.all()) if (other !== dial) other.wake();
  }

  up(peer: Peer, client: PeerClient): void {
    this.links.set(peer.incarnation, client);
    this.heard(peer, true);
  }

  down(peer: Peer, client: PeerClient): void {
    if (this.links.get(peer.incarnation) !== client) return;
    this.links.delete(peer.incarnation);
    this.heard(peer, false);
  }

  private redial(now: ReadonlyMap<string, PeerDial>, wanted: readonly Wanted[]): Map<string, PeerDial> {
    const next = new Map<string, PeerDial>();
    for (const { address, peer } of wanted) {
      const key = `${peer?.incarnation ?? ''} ${address}`;
      const to = destination(address, peer?.id ?? address);
      if (to === undefined)
        this.kit.tally.say(address, 'address', `"${address}" is no address of a peer`, new Error('It is not host:port'));
      else next.set(key, now.get(key) ?? new PeerDial(to, peer, this.kit, this));
    }
    for (const [key, dial] of now) if (!next.has(key)) dial.stop();
    if (this.running) for (const dial of next.values()) dial.start();
    return next;
  }

  private *all(): Iterable<PeerDial> {
    yield* this.followed.values();
    yield* this.addresses.values();
  }
}

function destination(address: string, label: string): Destination | undefined {
  const [, six, name, port] = /^(?:\[([0-9a-f:.]+)\]|([^:\s]+)):(\d{1,5})$/i.exec(address) ?? [];
  const host = six ?? name;
  return host === undefined || Number(port) > 65_535 ? undefined : { host, port: Number(port), label };
}
