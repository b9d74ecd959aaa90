import type { Cancel, Clock } from '../../src/runtime/clock.js';
import { Agenda, type Happening as Planned, seeded } from './agenda.js';
import { spelled } from './spelled.js';

type Happening = Planned<FakeNode>;

/** How a link treats messages. Delays are drawn from `delay` (ms, both ends included), so that a wide range reorders them. */
export interface Weather {
  /** Share of the messages that are lost, 0..1. */
  readonly loss: number;
  /** Share of the messages that arrive twice. */
  readonly duplication: number;
  readonly delay: readonly [min: number, max: number];
}

export const FAIR: Weather = { loss: 0, duplication: 0, delay: [1, 3] };

/**
 * Several nodes on one virtual clock and one seed: the same seed plays the same run, message for message.
 *
 *     const network = new FakeNetwork({ seed: 7 });
 *     const n1 = network.boot('n1');              // n1.clock, n1.send, n1.hear; `new FakeTransport(n1, …)` for real processes
 *     network.cut('n1', 'n2');                    // one way
 *     await network.pass(5000);                   // promises move between two happenings; `advance` does not wait for any
 *     console.log(network.transcript());
 *
 * - A paused node's timers and messages wait; when it goes on, either the timers or the messages come first, by chance (both happen).
 * - A crashed node's timers and messages are gone; `boot` with the same name starts another life.
 * - A cut link drops silently, as a firewall does: nobody is told.
 */
export class FakeNetwork {
  readonly counts = { sent: 0, delivered: 0, lost: 0, duplicated: 0, cut: 0, pauses: 0, crashes: 0 };
  readonly chance: () => number;
  weather: Weather;
  private elapsed = 0;
  private readonly agenda = new Agenda<FakeNode>();
  private readonly nodes = new Map<string, FakeNode>();
  private readonly cuts = new Set<string>();
  private readonly links = new Map<string, Weather>();
  private readonly lines: string[] = [];
  private readonly enders: ((node: FakeNode) => void)[] = [];
  private readonly quiet: ReadonlySet<string>;
  private readonly recording: boolean;
  /** The wall clock that every node reads, ms since 1970; `FakeNode.skew` shifts one node's. */
  readonly epoch = Date.UTC(2026, 0, 5, 18, 0, 0);

  constructor(options: {
    readonly seed: number;
    readonly weather?: Weather;
    readonly quiet?: readonly string[];
    readonly record?: boolean;
  }) {
    this.chance = seeded(options.seed);
    this.weather = options.weather ?? FAIR;
    this.quiet = new Set(options.quiet);
    this.recording = options.record ?? true;
  }

  get now(): number {
    return this.elapsed;
  }

  between(min: number, max: number): number {
    return min + Math.floor(this.chance() * (max - min + 1));
  }

  pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.chance() * from.length)]!;
  }

  /** Starts a node, or a new life of a crashed one. */
  boot(name: string): FakeNode {
    if (this.nodes.get(name)?.alive === true) throw new Error(`${name} is running`);
    const node = new FakeNode(name, this);
    this.nodes.set(name, node);
    return node;
  }

  node(name: string): FakeNode | undefined {
    const node = this.nodes.get(name);
    return node?.alive === true ? node : undefined;
  }

  crash(name: string): void {
    const node = this.node(name);
    if (node === undefined) return;
    this.note(`${name} crashes`);
    this.counts.crashes++;
    node.alive = false;
    for (const hear of this.enders) hear(node);
  }

  /** Called when a node has crashed: how connections learn of it. */
  onEnd(hear: (node: FakeNode) => void): void {
    this.enders.push(hear);
  }

  pause(name: string): void {
    const node = this.node(name);
    if (node === undefined || node.paused) return;
    this.note(`${name} is paused`);
    this.counts.pauses++;
    node.paused = true;
  }

  resume(name: string): void {
    const node = this.node(name);
    if (node === undefined || !node.paused) return;
    this.note(`${name} goes on`);
    node.paused = false;
    const held = node.held.splice(0);
    const messagesFirst = this.chance() < 0.5;
    const first = held.filter(({ message }) => message === messagesFirst);
    for (const one of [...first, ...held.filter(({ message }) => message !== messagesFirst)])
      if (one.run !== undefined) this.agenda.add(one.node, this.elapsed, one.message, one.run);
  }

  /** Drops what `from` sends to `to`; the other way still works. */
  cut(from: string, to: string): void {
    this.note(`cut ${from} ↛ ${to}`);
    this.cuts.add(`${from}>${to}`);
  }

  /** Cuts every link between nodes of different groups, both ways. */
  partition(...groups: readonly (readonly string[])[]): void {
    this.note(`partition ${groups.map((group) => group.join(' ')).join(' | ')}`);
    for (const group of groups)
      for (const other of groups) if (group !== other) for (const a of group) for (const b of other) this.cuts.add(`${a}>${b}`);
  }

  /** Ends every cut; messages lost meanwhile stay lost. */
  heal(): void {
    this.note('heal');
    this.cuts.clear();
  }

  isCut(from: string, to: string): boolean {
    return this.cuts.has(`${from}>${to}`);
  }

  /** The weather of one direction of one link; `weather` is everybody else's. */
  link(from: string, to: string, weather: Weather): void {
    this.links.set(`${from}>${to}`, weather);
  }

  /** Runs `run` on the stage: no pause or crash holds it back. */
  after(delayMs: number, run: () => void): Cancel {
    return this.schedule(undefined, delayMs, false, run);
  }

  schedule(node: FakeNode | undefined, delayMs: number, message: boolean, run: () => void): Cancel {
    const happening = this.agenda.add(node, this.elapsed + Math.max(0, delayMs), message, run);
    return () => {
      happening.run = undefined;
    };
  }

  /**
   * Carries something from one node to another: cuts, loss, duplication and delay apply. `deliver` runs at the other node, whichever life of it is
   * running then. `sure`: no loss and no duplication; `once`: no duplication. Delays never go below `floor` (the arrival of what was sent before on an ordered link); tells the arrival.
   */
  carry(
    from: FakeNode,
    to: string,
    label: () => string,
    deliver: (node: FakeNode) => void,
    options: { sure?: boolean; once?: boolean; floor?: number } = {},
  ): number {
    const { loss, duplication, delay } = this.links.get(`${from.name}>${to}`) ?? this.weather;
    this.counts.sent++;
    if (this.isCut(from.name, to)) return this.drop('cut', from, to, label);
    if (options.sure !== true && loss > 0 && this.chance() < loss) return this.drop('lost', from, to, label);
    this.line(from.name, '→', to, label);
    const twice = options.sure !== true && options.once !== true && duplication > 0 && this.chance() < duplication;
    if (twice) this.counts.duplicated++;
    let arrival = 0;
    for (let copy = twice ? 2 : 1; copy > 0; copy--) {
      arrival = Math.max(this.elapsed + this.between(...delay), options.floor ?? 0);
      this.arrive(to, arrival, deliver);
    }
    return arrival;
  }

  private arrive(to: string, at: number, deliver: (node: FakeNode) => void): void {
    this.schedule(undefined, at - this.elapsed, true, () => {
      const node = this.node(to);
      if (node === undefined) return;
      const run = (): void => {
        this.counts.delivered++;
        deliver(node);
      };
      if (node.paused) node.held.push({ due: at, order: 0, node, message: true, run });
      else run();
    });
  }

  private drop(how: 'cut' | 'lost', from: FakeNode, to: string, label: () => string): number {
    this.counts[how]++;
    this.line(from.name, '✗', to, label, ` ${how}`);
    return 0;
  }

  /** Moves time by `ms` and runs what falls due, without leaving the current turn. */
  advance(ms: number): void {
    const target = this.elapsed + ms;
    for (let next = this.take(target); next !== undefined; next = this.take(target)) this.run(next);
    this.elapsed = target;
  }

  /** `advance` that lets promises move after every happening. */
  async pass(ms: number): Promise<void> {
    const target = this.elapsed + ms;
    await settled();
    for (let next = this.take(target); next !== undefined; next = this.take(target)) if (this.run(next)) await settled();
    this.elapsed = target;
  }

  /** `pass` by small steps until `condition` holds; throws with the transcript's end when it does not within `limitMs`. Tells how long it took. */
  async until(condition: () => boolean, limitMs: number): Promise<number> {
    const from = this.elapsed;
    for (; !condition(); await this.pass(10))
      if (this.elapsed - from >= limitMs)
        throw new Error(`not within ${limitMs} ms:\n${this.transcript().split('\n').slice(-60).join('\n')}`);
    return this.elapsed - from;
  }

  /** Adds a line of one's own to the transcript. */
  note(text: string): void {
    if (this.recording) this.lines.push(`t=${this.elapsed} ${text}`);
  }

  transcript(): string {
    return this.lines.join('\n');
  }

  private line(from: string, arrow: string, to: string, label: () => string, after = ''): void {
    if (!this.recording) return;
    const text = label();
    if (text !== '' && !this.quiet.has(/^[^(]*/.exec(text)![0])) this.note(`${from} ${arrow} ${to} ${text}${after}`);
  }

  private take(target: number): Happening | undefined {
    const next = this.agenda.take(target);
    if (next !== undefined) this.elapsed = Math.max(this.elapsed, next.due);
    return next;
  }

  private run({ node, run, ...rest }: Happening): boolean {
    if (run === undefined || node?.alive === false) return false;
    if (node?.paused === true) node.held.push({ ...rest, node, run });
    else run();
    return true;
  }
}

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** One life of one node. Its clock stands still for nobody: during a pause time goes on and the timers wait. */
export class FakeNode {
  alive = true;
  paused = false;
  /** Milliseconds by which this node's wall clock is wrong. */
  skew = 0;
  /** Bare messages come here; processes use a `FakeTransport` instead. */
  hear: (from: string, message: { readonly kind: string }) => void = () => {};
  readonly held: Happening[] = [];
  readonly clock: Clock;

  constructor(
    readonly name: string,
    readonly network: FakeNetwork,
  ) {
    this.clock = {
      now: () => network.epoch + network.now + this.skew,
      monotonic: () => network.now,
      after: (delayMs, run) => network.schedule(this, delayMs, false, run),
      soon: (run) => void network.schedule(this, 0, false, run),
      bytes: (length) => Uint8Array.from({ length }, () => Math.floor(network.chance() * 256)),
      chance: network.chance,
    };
  }

  /** Sends a bare message `{ kind, … }`. Nothing comes back if it is lost. */
  send<M extends { readonly kind: string }>(to: string, message: M): void {
    if (!this.alive) return;
    const label = (): string => {
      const { kind, ...fields } = message;
      return spelled(kind, fields);
    };
    this.network.carry(this, to, label, (node) => node.hear(this.name, message));
  }
}
