import type { Cancel } from '../clock.js';
import type { PeerKit } from './doorkeeper.js';
import type { Peer } from './peer.js';
import { type Destination, PeerClient } from './peer-client.js';
import type { Sender } from './transport-port.js';

/** The first pause before connecting again; doubled each time. */
const FIRST_MS = 50;
/** The longest pause. Raising it delays the return of a peer that was away. */
const LAST_MS = 1000;
/** A connection that held this long was a success: the next pause is the first again. */
const STEADY_MS = 1000;

/** Different reasons that are remembered as said. */
const MAX_TOLD = 8;

/** Where connections of all dials come together: one for each incarnation. */
export interface Switchboard {
  /** False when another dial has that incarnation: this one waits for `wake`. */
  claim(peer: Sender, dial: PeerDial): boolean;
  release(peer: Sender, dial: PeerDial): void;
  up(peer: Peer, client: PeerClient): void;
  down(peer: Peer, client: PeerClient): void;
}

/** Keeps one connection to one destination, and tries again for ever. */
export class PeerDial {
  private client: PeerClient | undefined;
  private pause: Cancel = () => {};
  private stopped = true;
  /** What it waits for, when it does not try again by itself. */
  private parked: 'claimed' | 'itself' | undefined;
  private failures = 0;
  /** Said since it was last up: each reason once. */
  private readonly told = new Set<string>();

  /** Without `wanted`, whoever answers there is welcome. */
  constructor(
    private readonly to: Destination,
    private readonly wanted: Peer | undefined,
    private readonly kit: PeerKit,
    private readonly board: Switchboard,
  ) {}

  start(): void {
    if (!this.stopped) return;
    this.stopped = false;
    this.failures = 0;
    this.attempt();
  }

  stop(): void {
    this.stopped = true;
    this.parked = undefined;
    this.pause();
    this.client?.end('not followed any more');
  }

  /** The incarnation that it was parked for may be free. */
  wake(): void {
    if (this.parked === 'claimed' && !this.stopped) this.attempt();
  }

  private attempt(): void {
    this.parked = undefined;
    let met: Peer | undefined;
    let upSince: number | undefined;
    const { clock } = this.kit;
    const client = new PeerClient(this.to, this.kit, {
      met: (peer) => {
        const unwanted = this.judge(peer);
        if (unwanted === undefined) met = { ...peer, address: this.wanted?.address ?? this.to.label };
        return unwanted;
      },
      up: () => {
        upSince = clock.monotonic();
        this.told.clear();
        this.board.up(met!, client);
      },
      down: (why) => {
        if (this.client === client) this.client = undefined;
        if (upSince !== undefined) this.board.down(met!, client);
        if (met !== undefined) this.board.release(met, this);
        this.again(why, upSince);
      },
    });
    this.client = client;
    client.start();
  }
  /** Why the one who answers is not wanted. */
  private judge(peer: Sender): string | undefined {
    if (peer.incarnation === this.kit.me().incarnation) {
      this.parked = 'itself';
      return 'it is this very instance';
    }
    if (this.wanted !== undefined && (peer.incarnation !== this.wanted.incarnation || peer.id !== this.wanted.id)) {
      return `another one answers there: ${peer.id} ${peer.incarnation} instead of ${this.wanted.id} ${this.wanted.incarnation}`;
    }
    if (this.board.claim(peer, this)) return undefined;
    this.parked = 'claimed';
    return 'connected already';
  }

  private again(why: string, upSince: number | undefined): void {
    if (this.stopped || this.parked !== undefined) return;
    const { clock, tally } = this.kit;
    this.failures = upSince !== undefined && clock.monotonic() - upSince >= STEADY_MS ? 0 : this.failures + 1;
    // A connection that was up and breaks is no news here: `onLink` tells.
    if (upSince === undefined && !this.told.has(why)) {
      if (this.told.size < MAX_TOLD) this.told.add(why);
      tally.say(this.to.label, why, `No connection to ${this.to.label}`, new Error(why));
    }
    const full = Math.min(LAST_MS, FIRST_MS * 2 ** Math.min(this.failures, 10));
    // Jitter: instances that lost each other at one moment do not all knock at one moment.
    this.pause = clock.after(full * (0.5 + clock.chance() / 2), () => this.attempt());
  }
}
