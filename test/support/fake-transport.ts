import type { Peer } from '../../src/runtime/cluster/peer.js';
import { CallFailed, type Check, type Sender, type Transport } from '../../src/runtime/cluster/transport-port.js';
import type { FakeNetwork, FakeNode } from './fake-network.js';
import { spelled } from './spelled.js';

interface Link {
  readonly peer: Peer;
  up: boolean;
  followed: boolean;
  /** Arrival of what was last sent on it: order is kept. */
  floor: number;
  /** Ends what is in flight when the link breaks. */
  epoch: number;
  retryMs: number;
}

interface Call {
  readonly incarnation: string;
  piece(piece: unknown): void;
  end(error?: CallFailed): void;
}

const RETRY_MS = [50, 1000] as const;

/** What the transports of one network know of each other: who answers at an address. */
const directory = new WeakMap<FakeNetwork, Map<string, FakeTransport>>();

/**
 * `Transport` on the fake network. A peer's `address` is the name of its node.
 *
 * Tells keep their order and arrive at most once, as on one TCP connection; the weather may lose them. `rough`: it may also double and reorder
 * them, which no honest transport does, so that protocols prove that they do not lean on it. Calls are never doubled.
 */
export class FakeTransport implements Transport {
  /** Messages that a check refused. */
  refused = 0;
  private readonly links = new Map<string, Link>();
  private readonly tells = new Map<string, (from: Sender, data: unknown) => void>();
  private readonly calls = new Map<string, (from: Sender, data: unknown, piece: (piece: unknown) => void) => Promise<void>>();
  private readonly pending = new Map<number, Call>();
  private readonly cutAt = new Map<string, number>();
  private readonly hearers: ((peer: Peer, up: boolean) => void)[] = [];
  private nextCall = 0;
  private readonly peers: Map<string, FakeTransport>;

  constructor(
    private readonly node: FakeNode,
    private readonly me: () => Peer,
    private readonly options: { readonly rough?: boolean } = {},
  ) {
    const { network } = node;
    this.peers = directory.get(network) ?? new Map<string, FakeTransport>();
    directory.set(network, this.peers);
    this.peers.set(node.name, this);
    network.onEnd((ended) => this.ended(ended));
  }

  tell(to: Peer, kind: string, data: unknown): void {
    const link = this.open(to);
    if (link === undefined) return;
    const frame = JSON.stringify(data ?? null);
    this.frame(
      link,
      () => spelled(kind, data),
      this.options.rough === true,
      (there, from) => there.heard(from, kind, frame),
    );
  }

  call(
    to: Peer,
    kind: string,
    data: unknown,
    options: { readonly timeoutMs: number; readonly onPiece: (piece: unknown) => void },
  ): Promise<void> {
    const link = this.open(to);
    if (link === undefined) return Promise.reject(new CallFailed('unsent', `no connection with ${to.id}`));
    const id = this.nextCall++;
    return new Promise((resolve, reject) => {
      const cancel = this.node.clock.after(options.timeoutMs, () =>
        this.pending.get(id)?.end(new CallFailed('late', `${to.id} has not answered within ${options.timeoutMs} ms`)),
      );
      this.pending.set(id, {
        incarnation: to.incarnation,
        piece: options.onPiece,
        end: (error) => {
          this.pending.delete(id);
          cancel();
          if (error === undefined) resolve();
          else reject(error);
        },
      });
      const frame = JSON.stringify(data ?? null);
      this.frame(
        link,
        () => spelled(kind, data),
        false,
        (there, from) => there.asked(this, from, id, kind, frame),
      );
    });
  }

  onTell<T>(kind: string, check: Check<T>, hear: (from: Sender, data: T) => void): void {
    if (this.tells.has(kind)) throw new Error(`two listeners for ${kind}`);
    this.tells.set(kind, (from, data) => {
      const checked = this.checked(check, data);
      if (checked !== undefined) hear(from, checked.value);
    });
  }

  onCall<T>(kind: string, check: Check<T>, answer: (from: Sender, data: T, piece: (piece: unknown) => void) => Promise<void>): void {
    if (this.calls.has(kind)) throw new Error(`two listeners for ${kind}`);
    this.calls.set(kind, async (from, data, piece) => {
      const checked = this.checked(check, data);
      if (checked === undefined) throw new Error('refused');
      await answer(from, checked.value, piece);
    });
  }

  follow(peers: readonly Peer[]): void {
    for (const link of this.links.values())
      if (!peers.some(({ incarnation }) => incarnation === link.peer.incarnation)) {
        link.followed = false;
        this.break(link);
        this.links.delete(link.peer.incarnation);
      }
    for (const peer of peers) {
      if (this.links.has(peer.incarnation)) continue;
      const link: Link = { peer, up: false, followed: true, floor: 0, epoch: 0, retryMs: RETRY_MS[0] };
      this.links.set(peer.incarnation, link);
      this.connect(link);
    }
  }

  connected(peer: Peer): boolean {
    return this.links.get(peer.incarnation)?.up === true;
  }

  onLink(hear: (peer: Peer, up: boolean) => void): void {
    this.hearers.push(hear);
  }

  cut(peer: Sender): void {
    const { network } = this.node;
    this.cutAt.set(peer.incarnation, network.now);
    const link = this.links.get(peer.incarnation);
    if (link !== undefined) this.break(link);
    // The other side's connection to me is destroyed too; it learns of it if the reset can reach it.
    const mine = this.me().incarnation;
    for (const other of this.peers.values())
      if (other.me().incarnation === peer.incarnation)
        network.carry(this.node, other.node.name, silent, () => other.broken(mine), { sure: true });
  }

  private open(to: Peer): Link | undefined {
    const link = this.links.get(to.incarnation);
    return this.node.alive && link?.up === true ? link : undefined;
  }

  private frame(link: Link, label: () => string, rough: boolean, deliver: (there: FakeTransport, from: Sender) => void): void {
    const { id, incarnation } = this.me();
    const { epoch } = link;
    const sentAt = this.node.network.now;
    const arrival = this.node.network.carry(
      this.node,
      link.peer.address,
      label,
      (node) => {
        const there = this.peers.get(node.name);
        const gone =
          link.epoch !== epoch || there?.me().incarnation !== link.peer.incarnation || (there.cutAt.get(incarnation) ?? -1) >= sentAt;
        if (!gone) deliver(there!, { id, incarnation });
      },
      rough ? {} : { floor: link.floor, once: true },
    );
    if (!rough) link.floor = Math.max(link.floor, arrival);
  }

  private heard(from: Sender, kind: string, frame: string): void {
    this.tells.get(kind)?.(from, JSON.parse(frame));
  }

  /** Runs there; the answer goes back on the way that frames to `caller` take, whose order it keeps. */
  private asked(caller: FakeTransport, from: Sender, id: number, kind: string, frame: string): void {
    const askedAt = this.node.network.now;
    let floor = 0;
    const back = (label: string, then: (call: Call) => void): void => {
      if (!this.node.alive || (this.cutAt.get(from.incarnation) ?? -1) >= askedAt) return;
      const arrival = this.node.network.carry(
        this.node,
        caller.node.name,
        () => label,
        (node) => {
          const call = caller.pending.get(id);
          if (node === caller.node && call !== undefined) then(call);
        },
        { floor, once: true },
      );
      floor = Math.max(floor, arrival);
    };
    const answer = this.calls.get(kind);
    const done = answer?.(from, JSON.parse(frame), (piece) => {
      const copy = JSON.stringify(piece ?? null);
      back(spelled('ANSWER', piece), (call) => call.piece(JSON.parse(copy)));
    });
    (done ?? Promise.reject(new Error('nobody answers'))).then(
      () => back('', (call) => call.end()),
      () => back('', (call) => call.end(new CallFailed('lost', `${kind} failed there`))),
    );
  }

  private checked<T>(check: Check<T>, data: unknown): { readonly value: T } | undefined {
    try {
      return { value: check(data) };
    } catch {
      this.refused++;
      return undefined;
    }
  }

  private connect(link: Link): void {
    if (!link.followed || !this.node.alive) return;
    const { network } = this.node;
    let answered = false;
    network.carry(
      this.node,
      link.peer.address,
      silent,
      (node) => {
        if (this.peers.get(node.name)?.me().incarnation !== link.peer.incarnation) return;
        const opened = (): void => {
          answered = true;
          if (link.followed && !link.up) this.turn(link, true);
        };
        network.carry(node, this.node.name, silent, opened, { sure: true });
      },
      { sure: true },
    );
    const wait = link.retryMs * (1 + network.chance());
    link.retryMs = Math.min(RETRY_MS[1], link.retryMs * 2);
    this.node.clock.after(wait, () => {
      if (!answered && !link.up) this.connect(link);
    });
  }

  private turn(link: Link, up: boolean): void {
    link.up = up;
    if (up) link.retryMs = RETRY_MS[0];
    for (const hear of this.hearers) hear(link.peer, up);
  }

  private break(link: Link): void {
    const was = link.up;
    link.epoch++;
    for (const call of this.pending.values())
      if (call.incarnation === link.peer.incarnation) call.end(new CallFailed('lost', `the connection with ${link.peer.id} broke`));
    if (was) this.turn(link, false);
    if (was && link.followed) this.node.clock.after(link.retryMs, () => this.connect(link));
  }

  private broken(incarnation: string): void {
    const link = this.links.get(incarnation);
    if (link !== undefined && this.node.alive) this.break(link);
  }

  /** A process that ends closes its sockets; who can still be reached hears of it. */
  private ended(ended: FakeNode): void {
    if (ended === this.node || !this.node.alive) return;
    const gone = [...this.links.values()].filter(({ peer }) => peer.address === ended.name);
    for (const link of gone) this.node.network.carry(ended, this.node.name, silent, () => this.break(link), { sure: true });
  }
}

/** What connections say among themselves is not part of the play. */
const silent = (): string => '';
