import { Membership } from '../../src/runtime/cluster/membership.js';
import type { Effect, Event } from '../../src/runtime/cluster/membership.words.js';
import type { Reading } from '../../src/runtime/cluster/node-port.js';
import type { Peer } from '../../src/runtime/cluster/peer.js';
import { JUDGE_MS, SUSPECT_MS, TICK_MS } from '../../src/runtime/cluster/timing.js';
import { type FakeNetwork, type FakeNode } from './fake-network.js';
import { NodeModel, request } from './node-model.js';

type Message =
  | { readonly kind: 'beat'; readonly sent: number; readonly incarnation: string; readonly view: number }
  | { readonly kind: 'testify'; readonly sent: number; readonly incarnation: string; readonly about: string; readonly question: number }
  | {
      readonly kind: 'testimony';
      readonly sent: number;
      readonly incarnation: string;
      readonly silent: boolean;
      readonly question: number;
    };

/** One instance of the search: `Membership` with bare messages and a remote table, all in one turn of the event loop. */
export class Actor {
  readonly membership: Membership;
  /** Ended, left or stopped: it is nobody's member. */
  over = false;
  private readonly cutAt = new Map<string, number>();
  private readonly questions = new Map<number, (silent: boolean | undefined) => void>();
  private asked = 0;
  private stepped: number;
  private lives = 0;
  private lastView = 0;
  /** When its trust in itself last changed. */
  factorAt = 0;

  constructor(
    readonly node: FakeNode,
    private readonly stage: MembershipStage,
  ) {
    this.membership = stage.membership({ id: node.name, incarnation: this.mint(), address: node.name });
    this.stepped = node.network.now;
    node.hear = (from, message) => this.hear(from, message as Message);
    this.tick();
  }

  get incarnation(): string {
    return this.membership.me.incarnation;
  }

  suspects(peer: Peer): boolean {
    return this.membership.suspicions.since(peer.incarnation) !== undefined;
  }

  leave(): void {
    if (this.membership.phase !== 'in') return;
    this.feed({ type: 'leaving' });
    this.over = true;
    const { incarnation } = this;
    this.request(
      () => this.stage.model.leave(incarnation),
      (reading) => this.feed({ type: 'left', reading }),
      () => {},
    );
  }

  private tick(): void {
    this.node.clock.after(TICK_MS, () => this.tick());
    this.feed({ type: 'tick' });
  }

  private mint(): string {
    return `${this.node.name}.${this.stage.births++}`;
  }

  private feed(event: Event): void {
    const { now } = this.node.network;
    const gap = now - this.stepped;
    this.stepped = now;
    const member = this.membership.phase === 'in';
    const { factor } = this.membership.health;
    const effects = this.membership.step(event, now);
    if (factor !== this.membership.health.factor) this.factorAt = now;
    if (gap >= SUSPECT_MS + TICK_MS && member && effects[0]?.type !== 'dropped') this.broken(`did not notice a pause of ${gap} ms`);
    for (const effect of effects) this.run(effect);
  }

  private broken(what: string): void {
    this.stage.model.broken.push(`${this.node.name} ${what}`);
  }

  private run(effect: Effect): void {
    const { model } = this.stage;
    switch (effect.type) {
      case 'beat':
        for (const peer of effect.to) this.send(peer.address, { kind: 'beat', ...this.stamp(), view: effect.view });
        return;
      case 'join':
        return this.join(effect.flight);
      case 'touch':
        return this.touch(effect.flight);
      case 'ask':
        return this.stage.secondOpinion
          ? this.ask(effect.about, effect.witnesses)
          : this.feed({ type: 'testified', about: effect.about, agree: 0, deny: 0 });
      case 'judge':
        return this.judge(effect.about);
      case 'cut':
        this.cutAt.set(effect.peer.incarnation, this.node.network.now);
        return;
      case 'view':
        if (effect.view.version < this.lastView) this.broken(`went back to view ${effect.view.version}`);
        this.lastView = effect.view.version;
        return model.seen(effect.view.version, effect.view.members, this.node.name);
      case 'twin':
        return this.broken('takes itself for a twin');
      case 'suspected':
      case 'trusted':
        return this.node.network.note(`${this.node.name} ${effect.type === 'trusted' ? 'hears' : 'suspects'} ${effect.peer.id}`);
      case 'dropped':
        return this.node.network.note(`${this.node.name} drops everything (${effect.why})`);
      case 'locked':
        return;
    }
  }

  private join(flight: number): void {
    const began = this.node.network.now;
    const me = { ...this.membership.me, incarnation: this.lives++ === 0 ? this.incarnation : this.mint() };
    this.membership.minted(me.incarnation);
    this.request(
      () => this.stage.model.join(me),
      (reading) => this.feed({ type: 'joined', flight, me, began, reading }),
      () => this.feed({ type: 'failed', flight, began, locked: false }),
    );
  }

  private touch(flight: number): void {
    const { model } = this.stage;
    const { incarnation } = this;
    const began = this.node.network.now;
    const dead = model.rows.get(incarnation)?.state === 'dead';
    this.request(
      () => model.touch(incarnation, this.membership.view.version),
      ({ alive, ...reading }) => {
        this.feed({ type: 'touched', flight, incarnation, began, alive, reading });
        if (dead && this.membership.phase === 'in' && this.incarnation === incarnation) this.broken('was dead, asked, and lives on');
      },
      () => this.feed({ type: 'failed', flight, began, locked: false }),
    );
  }

  private judge(about: string): void {
    const { model } = this.stage;
    const spared = (): void => this.feed({ type: 'judged', about, reading: undefined });
    const condemn = (seen: number): Reading | undefined => {
      const witness = this.stage.contradicts(this, about);
      const reading = model.condemn(about, seen);
      if (reading !== undefined && witness) this.broken(`has ${about} declared dead, whom every other member hears`);
      return reading;
    };
    this.request(
      () => model.stale(about),
      (seen) => {
        if (seen === undefined) return spared();
        this.request(
          () => condemn(seen),
          (reading) => this.feed({ type: 'judged', about, reading }),
          spared,
        );
      },
      spared,
    );
  }

  private ask(about: string, witnesses: readonly Peer[]): void {
    const answers: (boolean | undefined)[] = [];
    const count = (answer: boolean): number => answers.filter((one) => one === answer).length;
    const answered = (answer: boolean | undefined): void => {
      answers.push(answer);
      if (answers.length === witnesses.length) this.feed({ type: 'testified', about, agree: count(true), deny: count(false) });
    };
    for (const witness of witnesses) {
      const question = this.asked++;
      const once = (silent: boolean | undefined): void => {
        if (this.questions.delete(question)) answered(silent);
      };
      this.questions.set(question, once);
      this.node.clock.after(JUDGE_MS, () => once(undefined));
      this.send(witness.address, { kind: 'testify', ...this.stamp(), about, question });
    }
  }

  private hear(from: string, message: Message): void {
    if ((this.cutAt.get(message.incarnation) ?? -1) >= message.sent) return;
    if (message.kind === 'beat')
      return this.feed({ type: 'beat', from: { id: from, incarnation: message.incarnation }, view: message.view });
    if (message.kind === 'testimony') return this.questions.get(message.question)?.(message.silent);
    this.feed({ type: 'woke' });
    const silent = this.membership.testimony(message.about);
    if (silent !== undefined) this.send(from, { kind: 'testimony', ...this.stamp(), silent, question: message.question });
  }

  private stamp(): { sent: number; incarnation: string } {
    return { sent: this.node.network.now, incarnation: this.incarnation };
  }

  private send(to: string, message: Message): void {
    this.node.send(to, message);
  }

  private request<T>(work: () => T, done: (result: T) => void, failed: () => void): void {
    request(this.stage.model, this.node, work, done, failed);
  }
}

/** Several actors, their table, and what must hold of them. */
export class MembershipStage {
  births = 0;
  readonly actors = new Map<string, Actor>();
  /** When the last cut, pause, loss of the table or change of weather ended. */
  calmSince = 0;
  secondOpinion = true;

  constructor(
    readonly network: FakeNetwork,
    readonly model = new NodeModel(
      () => network.now,
      (text) => network.note(text),
    ),
  ) {}

  membership: (me: Peer) => Membership = (me) => new Membership(me);

  boot(name: string): void {
    this.actors.set(name, new Actor(this.network.boot(name), this));
  }

  running(): Actor[] {
    return [...this.actors.values()].filter(({ node, over }) => node.alive && !over);
  }

  /**
   * True when a death contradicts the network: `judge` and every other member of its view are up, hear each other and are calm, there is another one
   * at all, and each of them hears the accused.
   */
  contradicts(judge: Actor, about: string): boolean {
    const { network } = this;
    const { loss, delay } = network.weather;
    // A witness that is too far away to answer in time is none.
    if (loss > 0 || delay[1] > JUDGE_MS / 3 || network.now - this.calmSince < 3 * JUDGE_MS) return false;
    const others = judge.membership.peers.filter(
      ({ incarnation }) => incarnation !== about && judge.membership.suspicions.since(incarnation) === undefined,
    );
    const witnesses = others.map(({ address }) => this.actors.get(address));
    const able = (actor: Actor | undefined): actor is Actor =>
      actor !== undefined &&
      actor.node.alive &&
      !actor.node.paused &&
      !this.cutBetween(actor, judge) &&
      actor.membership.health.factor === 1 &&
      network.now - actor.factorAt > 3 * JUDGE_MS;
    return others.length > 0 && witnesses.every((actor) => able(actor) && actor.membership.testimony(about) === false);
  }

  private cutBetween(a: Actor, b: Actor): boolean {
    return this.network.isCut(a.node.name, b.node.name) || this.network.isCut(b.node.name, a.node.name);
  }

  /** What is still wrong once everything has been well for long enough. */
  unsettled(): string[] {
    const running = this.running();
    const members = running
      .map(({ incarnation }) => incarnation)
      .toSorted()
      .join();
    const wrong = running.flatMap((actor) => {
      const { phase, view, peers } = actor.membership;
      const seen = view.members
        .map(({ incarnation }) => incarnation)
        .toSorted()
        .join();
      const faults = [
        phase === 'in' ? '' : `is ${phase}`,
        view.version === this.model.view ? '' : `holds view ${view.version} of ${this.model.view}`,
        seen === members ? '' : `sees ${seen} instead of ${members}`,
        ...peers.filter((peer) => actor.suspects(peer)).map((peer) => `still suspects ${peer.id}`),
      ];
      return faults.filter((fault) => fault !== '').map((fault) => `${actor.node.name} ${fault}`);
    });
    return [...this.model.broken, ...wrong];
  }
}
