import { type Duty, Leadership, whileLeading } from '../../src/runtime/cluster/leadership.js';
import { fence, StoredLease } from '../../src/runtime/cluster/lease.js';
import type { Peer, View } from '../../src/runtime/cluster/peer.js';
import { PULSE_MS, SUSPECT_MS } from '../../src/runtime/cluster/timing.js';
import type { Elector } from '../../src/modules/health/elector.js';
import type { RowTransaction, Storage } from '../../src/runtime/outbox/storage.js';
import type { ElectionStage } from './election-stage.js';
import type { FakeNode } from './fake-network.js';
import { FakeTransport } from './fake-transport.js';

/** One life of one instance on an `ElectionStage`: its elector, what membership would tell it, and a duty that writes while it leads. */
export class StagedInstance {
  readonly leadership = new Leadership();
  readonly transport: FakeTransport;
  readonly elector: Elector;
  readonly reports: unknown[] = [];
  gone = false;
  me: Peer;
  view: View;
  contacted: number;
  private ticked: number;
  private running: { stop(): Promise<void> } | undefined;
  private readonly viewers = new Set<() => void>();
  private readonly reborn = new Set<() => void>();

  constructor(
    private readonly stage: ElectionStage,
    readonly node: FakeNode,
  ) {
    const { options, network } = stage;
    this.me = stage.join(node.name);
    this.view = stage.view;
    this.contacted = this.ticked = network.now;
    this.transport = new FakeTransport(node, () => this.me, { rough: options.rough ?? false });
    const storage: Pick<Storage, 'transact'> = { transact: (work) => stage.transact(node, work) };
    const lease = new StoredLease(storage);
    this.elector = new options.elector({
      neighbourhood: this.surroundings(),
      transport: options.transport?.(this.transport, this.leadership) ?? this.transport,
      lease: options.lease?.(lease) ?? lease,
      leadership: this.leadership,
      clock: node.clock,
      report: (message, error) => void this.reports.push(message, error),
    });
  }

  start(): void {
    const { stage, leadership } = this;
    leadership.onMandate((mandate) => (mandate === undefined ? undefined : stage.began(this.node.name, mandate)));
    void whileLeading(
      leadership,
      this.duty(),
    )({ life: 1, signal: new AbortController().signal, exit: (why) => void this.reports.push(why) });
    this.transport.follow(this.peers());
    this.running = this.elector.start();
    this.pulseIn(stage.network.between(1, PULSE_MS));
  }

  /** A planned leave; resolves when it has ended. */
  async leave(): Promise<void> {
    this.stage.network.note(`${this.node.name} leaves`);
    await this.running?.stop();
    this.gone = true;
    this.stage.remove(this.me.incarnation);
  }

  private peers(): Peer[] {
    return this.view.members.filter(({ incarnation }) => incarnation !== this.me.incarnation);
  }

  private surroundings(): ConstructorParameters<typeof Elector>[0]['neighbourhood'] {
    const heard = (set: Set<() => void>) => (hear: () => void) => {
      set.add(hear);
      return () => void set.delete(hear);
    };
    const [me, view] = [(): Peer => this.me, (): View => this.view];
    return {
      get me() {
        return me();
      },
      get view() {
        return view();
      },
      joined: true,
      contact: () => this.contacted,
      onView: heard(this.viewers),
      onRebirth: heard(this.reborn),
    };
  }

  private pulseIn(ms: number): void {
    this.node.clock.after(ms, () => {
      if (this.gone) return;
      this.pulse();
      this.pulseIn(PULSE_MS);
    });
  }

  /** What membership does each time: notices a pause, touches the row, reads the view, and its own death. */
  private pulse(): void {
    const { stage, node } = this;
    const { now } = stage.network;
    const slept = now - this.ticked >= SUSPECT_MS;
    this.ticked = now;
    if (slept) for (const hear of this.reborn) hear();
    if (!stage.reaches(node.name)) return;
    const dead = stage.view.members.every(({ incarnation }) => incarnation !== this.me.incarnation);
    if (dead) this.me = stage.join(node.name);
    stage.touched.set(this.me.incarnation, now);
    this.contacted = now;
    stage.judge(node.name);
    if (stage.view.version === this.view.version) return;
    this.view = stage.view;
    this.transport.follow(this.peers());
    for (const hear of dead ? this.reborn : this.viewers) hear();
  }

  /** One fenced transaction after another, some of them long. */
  private duty(): Duty {
    const { stage, node } = this;
    return ({ number }) => {
      let over = false;
      const work = async (tx: RowTransaction, ended: () => boolean): Promise<void> => {
        await (stage.options.fence ?? fence)(tx, { number });
        const ms = stage.network.chance() < 0.2 ? stage.network.between(1, 300) : 0;
        stage.inside = node.name;
        if (ms > 0) await new Promise<void>((resolve) => node.clock.after(ms, resolve));
        // Its next statement finds no transaction any more.
        if (!ended()) stage.effect(number);
        stage.inside = undefined;
      };
      const next = (): void => {
        if (over) return;
        void stage.transact(node, work).then(
          () => void node.clock.after(stage.network.between(50, 300), next),
          () => void node.clock.after(200, next),
        );
      };
      next();
      return { stop: () => void (over = true) };
    };
  }
}
