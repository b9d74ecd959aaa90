import type { Cancel } from '../clock.js';
import { newUuid } from '../ids.js';
import { Hearers } from './hearers.js';
import type { MembersOptions } from './members.js';
import { Membership } from './membership.js';
import type { Dropped, Effect, Event } from './membership.words.js';
import type { NodeRow } from './node-port.js';
import type { Peer, View } from './peer.js';
import { Requests } from './requests.js';
import { TICK_MS } from './timing.js';

/** Feeds `Membership` with time and answers, and does what it wants done, in its order. */
export class MemberLoop {
  readonly membership: Membership;
  readonly views = new Hearers<View>();
  readonly rebirths = new Hearers<Dropped>();
  readonly twins = new Hearers<NodeRow>();
  running = false;
  private readonly requests: Requests;
  private waiting: (() => void)[] = [];
  private flights = 0;
  private attempts = 0;
  private timer: Cancel | undefined;

  constructor(private readonly options: MembersOptions) {
    this.membership = new Membership({ id: options.id, incarnation: newUuid(options.clock), address: '' });
    this.requests = new Requests(options);
  }

  get me(): Peer {
    return this.membership.me;
  }

  start(): void {
    this.running = true;
    this.tick();
  }

  stop(): void {
    this.running = false;
    this.timer?.();
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  feed(event: Event): void {
    if (!this.running) return;
    for (const effect of this.membership.step(event, this.options.clock.monotonic())) this.run(effect);
  }

  /** Resolves after the reading under way, or a new one; at once when there is nothing to read. */
  refresh(): Promise<void> {
    if (this.flights === 0) this.feed({ type: 'refresh' });
    if (this.flights === 0) return Promise.resolve();
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private tick(): void {
    if (!this.running) return;
    // Armed first: the loop outlives whatever a listener does.
    this.timer = this.options.clock.after(TICK_MS, () => this.tick());
    this.feed({ type: 'tick' });
  }

  private run(effect: Effect): void {
    const { transport, report, frozen } = this.options;
    switch (effect.type) {
      case 'beat':
        for (const peer of effect.to)
          transport.tell(peer, 'beat', effect.blind === true ? { view: effect.view, blind: true } : { view: effect.view });
        return;
      case 'join':
        return this.request(this.requests.join(effect.flight, this.candidate()), true);
      case 'touch':
        return this.request(this.requests.touch(effect.flight, this.me.incarnation, this.membership.view.version), true);
      case 'ask':
        return this.request(this.requests.ask(effect.about, effect.witnesses));
      case 'judge':
        return this.request(this.requests.judge(effect.about));
      case 'cut':
        return transport.cut(effect.peer);
      case 'suspected':
        return report(`${effect.peer.id} is silent: suspect, and routed around`);
      case 'trusted':
        return report(`${effect.peer.id} is heard again`);
      case 'view':
        transport.follow(effect.follow);
        return this.views.tell(effect.view, report);
      case 'dropped':
        report(`${described[effect.why]}: every copy is dropped`);
        return this.rebirths.tell(effect.why, report);
      case 'twin':
        report(
          `Another living process (${effect.by.id} at ${effect.by.address}, pid ${effect.by.pid} on ${effect.by.host}) has taken the id or the address of ${this.me.id}: this one stops. Give each instance its own INSTANCE_ID and CLUSTER_ADDRESS`,
        );
        return this.twins.tell(effect.by, report);
      case 'locked':
        return void frozen?.look(effect.forMs, {
          me: this.me,
          member: this.membership.phase === 'in',
          suspect: (incarnation) => this.membership.suspicions.since(incarnation) !== undefined,
        });
    }
  }

  /** The first life has the incarnation that it was made with; each later attempt a new one, for the one before may have been written. */
  private candidate(): Peer {
    const { id, address, clock } = this.options;
    const incarnation = this.attempts++ === 0 ? this.me.incarnation : newUuid(clock);
    this.membership.minted(incarnation);
    return { id, incarnation, address: address() };
  }

  private request(answer: Promise<Event>, flight = false): void {
    if (flight) this.flights++;
    void answer.then((event) => {
      this.feed(event);
      if (!flight) return;
      this.flights--;
      for (const resolve of this.waiting.splice(0)) resolve();
    });
  }
}

const described: Readonly<Record<Dropped, string>> = {
  pause: 'This instance was paused',
  death: 'This instance was declared dead',
};
