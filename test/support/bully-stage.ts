import { newState, step, wakeAt } from '../../src/modules/health/bully.js';
import type { Effect, Event, Message, State } from '../../src/modules/health/bully-words.js';
import type { Cancel } from '../../src/runtime/clock.js';
import { compareIds } from '../../src/runtime/cluster/order.js';
import type { Peer } from '../../src/runtime/cluster/peer.js';
import { LEASE_MS, PULSE_MS, SUSPECT_MS } from '../../src/runtime/cluster/timing.js';
import { FakeNetwork, type FakeNode, type Weather } from './fake-network.js';

/** The step under test; a mutant takes its place. */
export type Step = typeof step;

type Wire = { readonly kind: string; readonly from: Peer; readonly message: Message };

/** Shorter than the lease: by the instance's own clock it may never outlive it. */
const HELD_MS = LEASE_MS - 250;

/**
 * The pure step, played without promises: thousands of runs in seconds. Messages are lost, doubled and reordered by the network; the lease
 * is one row with its own clock; a leader writes fenced effects as long as it believes that it leads. `broken`: what may never happen.
 */
export class BullyStage {
  readonly network: FakeNetwork;
  readonly broken: string[] = [];
  readonly players = new Map<string, Player>();
  readonly granted: { readonly id: string; readonly term: number; readonly at: number; readonly cause: string }[] = [];
  readonly cutOff = new Set<string>();
  readonly lease = { holder: '', incarnation: '', term: 0, expires: 0 };
  /** Fenced effects that were written. */
  effects = 0;
  /** ELECTION messages. */
  asked = 0;
  private lastEffect = 0;
  private lives = 0;

  constructor(
    seed: number,
    readonly weather: Weather,
    readonly step: Step,
    /** False: effects are written whatever the row says. */
    readonly fenced = true,
    record = false,
  ) {
    this.network = new FakeNetwork({ seed, weather, record, quiet: ['HEARTBEAT', 'READY'] });
  }

  boot(id: string): Player {
    const node = this.network.boot(id);
    const player = new Player(this, node, { id, incarnation: `${id}.${++this.lives}`, address: id });
    const former = this.players.get(id);
    this.players.set(id, player);
    if (former?.me.incarnation === this.lease.incarnation) this.free();
    player.start();
    for (const other of this.living) if (other !== player) this.network.after(this.network.between(0, PULSE_MS), () => other.look());
    return player;
  }

  /** The sockets of a process that ends are closed: whoever can be reached hears of it. */
  crash(id: string): void {
    const { incarnation } = this.players.get(id)!.me;
    this.network.crash(id);
    for (const other of this.living)
      if (!this.network.isCut(id, other.me.id)) other.node.clock.after(1, () => other.happen({ is: 'link lost', incarnation }));
  }

  get living(): Player[] {
    return [...this.players.values()].filter(({ node }) => node.alive);
  }

  /** The last incarnation of each id, whether it lives or not. */
  get members(): Peer[] {
    return [...this.players.values()].map(({ me }) => me).toSorted((a, b) => compareIds(a.id, b.id));
  }

  /** One leads, under the term of the row, and all the others hear it. */
  get agreed(): boolean {
    const leaders = this.living.filter(({ leads }) => leads);
    const { incarnation, term } = this.lease;
    const follows = ({ phase, leader }: State): boolean =>
      (phase.is === 'leading' || phase.is === 'following') && leader?.incarnation === incarnation && leader.term === term;
    return leaders.length === 1 && leaders[0]!.me.incarnation === incarnation && this.living.every(({ state }) => follows(state));
  }

  reaches(id: string): boolean {
    return !this.cutOff.has(id) && !this.cutOff.has('all');
  }

  /** Asks the row: there and back takes time, and either way may be cut. */
  ask<T>(node: FakeNode, work: () => T, answer: (value: T | undefined) => void): void {
    const { network } = this;
    network.after(network.between(0, 8), () => {
      const value = this.reaches(node.name) ? { of: work() } : undefined;
      const back = value !== undefined && this.reaches(node.name) ? value.of : undefined;
      node.clock.after(value === undefined ? 300 : network.between(0, 8), () => answer(back));
    });
  }

  claim(me: Peer, cause: string): Event {
    const { lease, network } = this;
    const leftMs = lease.expires - network.now;
    if (lease.incarnation !== '' && lease.incarnation !== me.incarnation && leftMs > 0)
      return { is: 'refused', by: { holder: lease.holder, incarnation: lease.incarnation, term: lease.term, leftMs } };
    Object.assign(lease, { holder: me.id, incarnation: me.incarnation, term: lease.term + 1, expires: network.now + LEASE_MS });
    this.granted.push({ id: me.id, term: lease.term, at: network.now, cause });
    return { is: 'claimed', term: lease.term, until: 0 };
  }

  holds(me: Peer, term: number): boolean {
    return this.lease.term === term && this.lease.incarnation === me.incarnation;
  }

  free(): void {
    Object.assign(this.lease, { holder: '', incarnation: '', expires: 0 });
  }

  effect(me: Peer, term: number): boolean {
    if (this.fenced && !this.holds(me, term)) return false;
    if (term < this.lastEffect) this.broken.push(`an effect of term ${term} after one of term ${this.lastEffect}`);
    this.lastEffect = term;
    this.effects++;
    return true;
  }
}

export class Player {
  state: State;
  private contact: number;
  private ticked: number;
  private wake: Cancel = () => {};
  private armed = Infinity;

  constructor(
    private readonly stage: BullyStage,
    readonly node: FakeNode,
    readonly me: Peer,
  ) {
    this.state = newState(me);
    this.contact = this.ticked = stage.network.now;
    node.hear = (_, wire) => {
      const { from, message } = wire as Wire;
      this.happen({ is: 'message', from, message });
    };
  }

  get leads(): boolean {
    return this.state.phase.is === 'leading';
  }

  start(): void {
    this.happen({ is: 'began', me: this.me, members: this.stage.members });
    this.pulse();
    this.work();
  }

  look(): void {
    if (this.node.alive) this.happen({ is: 'members', members: this.stage.members });
  }

  happen(event: Event): void {
    const { clock } = this.node;
    if (!this.node.alive) return;
    const at = { now: clock.monotonic(), chance: clock.chance(), contact: this.contact };
    const { state, effects } = this.stage.step(this.state, event, at);
    this.state = state;
    for (const effect of effects) this.perform(effect);
    this.arm();
  }

  /** A timer that fires too early is cheaper than one for each message. */
  private arm(): void {
    const { clock } = this.node;
    const next = wakeAt(this.state);
    if (next >= this.armed) return;
    this.wake();
    this.armed = next;
    this.wake = clock.after(Math.max(0, next - clock.monotonic()), () => {
      this.armed = Infinity;
      this.happen({ is: 'time' });
    });
  }

  private perform(effect: Effect): void {
    const { stage, node, me } = this;
    const began = node.clock.monotonic();
    switch (effect.do) {
      case 'send':
        if (effect.message.is === 'election') stage.asked++;
        for (const { id } of effect.to) node.send(id, { kind: effect.message.is, from: me, message: effect.message });
        return;
      case 'claim':
        return stage.ask(node, () => stage.claim(me, effect.cause), this.answered(began));
      case 'read': {
        const read = (): Event => ({ is: 'read', holder: this.holder() });
        return stage.ask(node, read, (event) => this.happen(event ?? { is: 'read', holder: undefined }));
      }
      case 'release': {
        const release = (): void => (stage.holds(me, effect.term) ? stage.free() : undefined);
        const { saying } = effect;
        return stage.ask(node, release, () => saying !== undefined && this.perform({ do: 'send', ...saying }));
      }
      case 'lead':
        stage.network.note(`${me.id} leads (term ${effect.term})`);
        return;
      case 'end':
      case 'follow':
    }
  }

  private answered(began: number): (event: Event | undefined) => void {
    return (event) => {
      if (event !== undefined) this.contact = Math.max(this.contact, began);
      if (event?.is === 'claimed' || event?.is === 'renewed') this.happen({ ...event, until: began + HELD_MS });
      else this.happen(event ?? { is: 'claim failed' });
    };
  }

  private holder(): (Event & { is: 'read' })['holder'] {
    const { holder, incarnation, term, expires } = this.stage.lease;
    return incarnation === '' ? undefined : { holder, incarnation, term, leftMs: expires - this.stage.network.now };
  }

  /** Membership's pulse and the renewal: notices an own pause, touches, renews. */
  private pulse(): void {
    const { stage, node, me } = this;
    const now = node.clock.monotonic();
    if (now - this.ticked >= SUSPECT_MS) this.happen({ is: 'began', me, members: stage.members });
    this.ticked = now;
    const { phase } = this.state;
    const renew = (): Event | undefined => {
      if (phase.is !== 'leading') return undefined;
      if (!stage.holds(me, phase.term)) return { is: 'lease lost', term: phase.term };
      stage.lease.expires = stage.network.now + LEASE_MS;
      return { is: 'renewed', term: phase.term, until: 0 };
    };
    const touch = (): { event: Event | undefined } => ({ event: renew() });
    stage.ask(node, touch, (touched) => {
      if (touched === undefined) return;
      this.contact = Math.max(this.contact, now);
      if (touched.event !== undefined) this.answered(now)(touched.event);
    });
    node.clock.after(PULSE_MS, () => this.pulse());
  }

  /** Writes effects under the term that it believes in. */
  private work(): void {
    const { stage, node, me } = this;
    const { phase } = this.state;
    if (phase.is === 'leading')
      stage.ask(
        node,
        () => stage.effect(me, phase.term),
        () => {},
      );
    node.clock.after(stage.network.between(50, 400), () => this.work());
  }
}
