/** Membership at work: the timers, the messages and the table around `Membership`, which decides. */
import type { Cancel, Clock } from '../clock.js';
import type { Frozen } from './frozen.js';
import { MemberLoop } from './member-loop.js';
import type { Dropped } from './membership.words.js';
import type { NodeRow, NodeTable } from './node-port.js';
import type { Neighbourhood, Peer, View } from './peer.js';
import { shownNodes, type ShownNode } from './shown-nodes.js';
import type { Transport } from './transport-port.js';

export interface MembersOptions {
  /** INSTANCE_ID. */
  readonly id: string;
  /** What the others are told to connect to; read at each join, so that the real port is known. */
  readonly address: () => string;
  readonly transport: Transport;
  readonly table: NodeTable;
  readonly clock: Clock;
  readonly report: (message: string, error?: unknown) => void;
  /** On SQLite: ends whoever froze with the file locked. */
  readonly frozen?: Frozen;
}

/** Counters only grow. */
export interface MembersCounters {
  readonly view: number;
  readonly suspicions: number;
  /** Declared by this instance. */
  readonly deaths: number;
  readonly pauses: number;
  readonly rebirths: number;
  readonly frozenKills: number;
}

/**
 * - Joins, touches its row, beats, suspects and has the dead declared so, from `start` to `stop`. Whatever the database does, it goes on trying.
 * - Listeners are called at once, in the order in which they came; one that throws is reported and disturbs nobody.
 */
export class Members implements Neighbourhood {
  private readonly loop: MemberLoop;

  constructor(private readonly options: MembersOptions) {
    const { transport } = options;
    const loop = new MemberLoop(options);
    this.loop = loop;
    transport.onTell('beat', checkedBeat, (from, beat) => loop.feed({ type: 'beat', from, ...beat }));
    transport.onCall('testify', checkedQuestion, async (_from, { incarnation }, piece) => {
      loop.feed({ type: 'woke' });
      const answer = loop.running ? loop.membership.testimony(incarnation) : undefined;
      if (answer === undefined) throw new Error('this instance does not testify now');
      piece(answer);
    });
    transport.onLink((peer, up) => loop.feed({ type: 'link', peer, up }));
  }

  get me(): Peer {
    return this.loop.membership.me;
  }

  get view(): View {
    return this.loop.membership.view;
  }

  /** True while this instance is a member; its row may have been declared dead since it was last read. */
  get joined(): boolean {
    return this.loop.membership.phase === 'in';
  }

  /** False while this instance's own loop lags: then it should vote about nobody. */
  get healthy(): boolean {
    return this.loop.membership.health.factor === 1;
  }

  get counters(): MembersCounters {
    const { counters, suspicions, view } = this.loop.membership;
    return { view: view.version, suspicions: suspicions.count, ...counters, frozenKills: this.options.frozen?.killed ?? 0 };
  }

  suspect(peer: Pick<Peer, 'incarnation'>): boolean {
    return this.loop.membership.suspicions.since(peer.incarnation) !== undefined;
  }

  /** False also for one that cannot reach the database while this instance can: it could only keep callers waiting. */
  reachable(peer: Peer): boolean {
    const { suspicions } = this.loop.membership;
    return !this.suspect(peer) && !suspicions.blind(peer.incarnation) && this.options.transport.connected(peer);
  }

  /** Monotonic ms at which the last touch that went through was begun; `-Infinity`: none yet. */
  contact(): number {
    return this.loop.membership.pulses.contact;
  }

  /** For `GET /grappe`: the current incarnation of each id, in the order of the ids. */
  nodes(): readonly ShownNode[] {
    const { clock } = this.options;
    const ago = (since: number): number => clock.now() - (clock.monotonic() - since);
    const suspectSince = (incarnation: string): number | undefined => {
      const since = this.loop.membership.suspicions.since(incarnation);
      return since === undefined ? undefined : ago(since);
    };
    return shownNodes(this.loop.membership.nodes, suspectSince, clock.now());
  }

  start(): { stop(): void } {
    this.loop.start();
    return { stop: () => this.loop.stop() };
  }

  /** Resolves when it is a member, or has tried and failed (it goes on trying while started). */
  async join(): Promise<void> {
    if (!this.joined) await this.refresh();
  }

  refresh(): Promise<void> {
    return this.loop.refresh();
  }

  /** Planned: the others route away from the next moment on. Resolves also when the database cannot be asked: the others then miss this instance. */
  async leave(): Promise<void> {
    if (!this.joined) return;
    this.loop.feed({ type: 'leaving' });
    try {
      this.loop.feed({ type: 'left', reading: await this.options.table.leave(this.me.incarnation) });
    } catch (error) {
      this.options.report('This instance could not tell the database that it leaves: the others will declare it dead', error);
    }
  }

  /** After a pause of the whole process: drops what must be dropped now. Cheap; to be called before work that came from outside. */
  notice(): void {
    this.loop.feed({ type: 'woke' });
  }

  onView(hear: (view: View) => void): Cancel {
    return this.loop.views.add(hear);
  }

  /** Every copy and every leadership must be dropped before `hear` returns: this instance slept, or was declared dead. */
  onRebirth(hear: (why: Dropped) => void): Cancel {
    return this.loop.rebirths.add(hear);
  }

  /** Another living process has taken this instance's id or address: this one must stop, and has done nothing since. */
  onTwin(hear: (by: NodeRow) => void): Cancel {
    return this.loop.twins.add(hear);
  }
}

function checkedBeat(data: unknown): { readonly view: number; readonly blind: boolean } {
  const { view, blind } = Object(data) as { view?: unknown; blind?: unknown };
  if (typeof view !== 'number' || !Number.isSafeInteger(view) || view < 0) throw new Error('a beat tells the number of a view');
  return { view, blind: blind === true };
}

function checkedQuestion(data: unknown): { readonly incarnation: string } {
  const incarnation = Object(data).incarnation as unknown;
  if (typeof incarnation !== 'string' || incarnation.length > 64) throw new Error('a question names an incarnation');
  return { incarnation };
}
