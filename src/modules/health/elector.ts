/**
 * Plays `bully.ts` on a clock, a transport and the lease.
 *
 * - E1 a mandate begins only when the claim was granted, and ends before anybody is told that it ended.
 * - E2 what the database answers late (another life, past the lease) begins nothing: a lease granted so is given back.
 * - E3 a leave gives the lease back first and tells the others then, so that whoever claims at once is granted.
 */
import type { Cancel } from '../../runtime/clock.js';
import type { Leadership } from '../../runtime/cluster/leadership.js';
import type { Peer, View } from '../../runtime/cluster/peer.js';
import type { Transport } from '../../runtime/cluster/transport-port.js';
import { newState, step, wakeAt } from './bully.js';
import type { Cause, Effect, Event, Message, MessageKind, State } from './bully-words.js';
import { checks } from './elector-wire.js';
import { Tenure, type TenureParts } from './tenure.js';

/** What the elector must know of the members. */
export interface Surroundings {
  readonly me: Peer;
  readonly view: View;
  /** False until this incarnation is a member, and after its death. */
  readonly joined: boolean;
  /** The monotonic instant at which the database last answered this instance. */
  contact(): number;
  onView(hear: () => void): Cancel;
  /** Called when this instance was paused, or read its own death: before anything else happens here. */
  onRebirth(hear: () => void): Cancel;
}

export interface ElectorParts extends TenureParts {
  readonly neighbourhood: Surroundings;
  readonly transport: Transport;
  readonly leadership: Leadership;
}

/** How long a leave waits for what is under way. */
const LEAVE_MS = 900;

/** Makes one instance take part in the election. `start` and `stop` may follow each other; a stop is a planned leave. */
export class Elector {
  readonly counters = {
    /** Elections that began here. */
    elections: 0,
    /** The lead given to a higher instance. */
    preemptions: 0,
    /** Messages sent, one per receiver. */
    sent: { election: 0, answer: 0, coordinator: 0, heartbeat: 0, ready: 0, resign: 0 } satisfies Record<MessageKind, number>,
  };
  /** The last election that this instance won. */
  last: { readonly term: number; readonly cause: Cause; readonly tookMs: number } | undefined;
  private state: State;
  private life = 0;
  private running = false;
  private cancels: readonly Cancel[] = [];
  private wake: Cancel = () => {};
  private armed = Infinity;
  private readonly tenure: Tenure;

  constructor(private readonly parts: ElectorParts) {
    this.state = newState(parts.neighbourhood.me);
    this.tenure = new Tenure(parts, (event) => this.happen(event));
    const { transport } = parts;
    for (const check of checks)
      transport.onTell(check.kind, check.message, (from, message) => this.happen({ is: 'message', from, message }));
    transport.onLink(({ incarnation }, up) => {
      if (!up) this.happen({ is: 'link lost', incarnation });
    });
  }

  /** The latest term that is known here. */
  get term(): number {
    return this.state.term;
  }

  get phase(): State['phase']['is'] {
    return this.state.phase.is;
  }

  /** Begins another life; whatever an earlier one still held is dropped first, and its `stop` does nothing any more. */
  start(): { stop(): Promise<void> } {
    const { neighbourhood } = this.parts;
    this.drop();
    const life = ++this.life;
    this.state = newState(neighbourhood.me);
    this.running = true;
    this.cancels = [neighbourhood.onView(() => this.lookAround()), neighbourhood.onRebirth(() => this.begin())];
    this.begin();
    let stopped: Promise<void> | undefined;
    return { stop: () => (stopped ??= this.leave(life)) };
  }

  private async leave(life: number): Promise<void> {
    if (life !== this.life) return;
    this.happen({ is: 'leave' });
    await this.tenure.quiet(LEAVE_MS);
    if (life === this.life) this.drop();
  }

  private drop(): void {
    this.running = false;
    for (const cancel of this.cancels) cancel();
    this.wake();
    this.armed = Infinity;
    this.tenure.end();
    this.parts.leadership.end();
    this.parts.leadership.follow(undefined);
  }

  private begin(): void {
    const { me, view, joined } = this.parts.neighbourhood;
    this.happen({ is: 'began', me, members: joined ? view.members : [] });
  }

  private lookAround(): void {
    const { me, view } = this.parts.neighbourhood;
    if (me.incarnation === this.state.me.incarnation) this.happen({ is: 'members', members: view.members });
    else this.begin();
  }

  private happen(event: Event): void {
    if (!this.running) return;
    const { clock, neighbourhood } = this.parts;
    const before = this.state;
    const contact = Math.max(this.tenure.reached, neighbourhood.contact());
    const { state, effects } = step(before, event, { now: clock.monotonic(), chance: clock.chance(), contact });
    this.state = state;
    if (before.election === undefined && state.election !== undefined) this.counters.elections++;
    for (const effect of effects) this.perform(effect, before);
    this.arm();
  }

  /** Every heartbeat moves the instant: a timer that fires too early is cheaper than a new one each time. */
  private arm(): void {
    const { clock } = this.parts;
    const at = wakeAt(this.state);
    if (at >= this.armed) return;
    this.wake();
    this.armed = at;
    this.wake = clock.after(Math.max(0, at - clock.monotonic()), () => {
      this.armed = Infinity;
      this.happen({ is: 'time' });
    });
  }

  private perform(effect: Effect, before: State): void {
    const { tenure } = this;
    const { leadership } = this.parts;
    switch (effect.do) {
      case 'send':
        return this.send(effect.to, effect.message);
      case 'claim':
        return this.claim(effect.cause, effect.since);
      case 'read':
        return tenure.read();
      case 'lead':
        this.remember(effect.term, before);
        return leadership.begin(tenure.begin(effect.term));
      case 'end':
        tenure.end();
        return leadership.end();
      case 'release':
        return this.release(effect);
      case 'follow':
        return leadership.follow(effect.leader);
    }
  }

  private claim(cause: Cause, since: number): void {
    const { life, state } = this;
    const { me } = state;
    this.tenure.claim(me, cause, since, () => this.running && life === this.life && me.incarnation === this.state.me.incarnation);
  }

  private release({ term, saying }: Effect & { readonly do: 'release' }): void {
    if (saying?.message.is === 'resign' && saying.message.to !== '') this.counters.preemptions++;
    this.tenure.release(term, () => {
      if (saying !== undefined) this.send(saying.to, saying.message);
    });
  }

  private remember(term: number, { election }: State): void {
    if (election === undefined) return;
    this.last = { term, cause: election.cause, tookMs: this.parts.clock.monotonic() - election.since };
  }

  private send(to: readonly Peer[], message: Message): void {
    const { is, ...fields } = message;
    this.counters.sent[is] += to.length;
    for (const peer of to) this.parts.transport.tell(peer, is, fields);
  }
}
