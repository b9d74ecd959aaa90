/**
 * Rights to bounded products on their way between instances: asked for when an operation lacks them, asked for quietly before one does, and given when
 * another asks. A gift is durable at the giver before it leaves, and reaches the asker in the answer; when that is lost, by the next push.
 */
import type { Cancel, Clock } from '../../runtime/clock.js';
import { CallFailed, type Sender } from '../../runtime/cluster/transport-port.js';
import { writeDelta } from './counter-text.js';
import type { Delta } from './counters.js';
import { Lie } from './intake.js';
import type { Neighbour } from './neighbours.js';
import type { Replica } from './replica.js';
import { gift, least } from './rights-share.js';
import { type Standing, standing } from './rights-standing.js';
import type { Underway } from './rights-underway.js';
import type { Sync } from './sync.js';
import { KIND, type RightsQuestion } from './sync-wire.js';
import { takeParts } from './take-parts.js';

/** Time of one question. Raising it lets one slow peer use up the time of an operation. */
const ASK_MS = 1_000;
/** An operation with less time than this left is not worth another question. */
const WORTH_MS = 20;
/** Rounds of questions for one lack. */
const COLLECTING = 3;
/** How long rights on their way between two others may take. */
const TRANSIT_MS = 50;
/** Between two rounds of quiet questions; every so many of them all bounded products are looked at, whatever has changed. */
const [QUIET_MS, ROUNDS] = [500, 20];
/** Products that are looked at in one round. */
const AT_ONCE = 16;

export interface AskingDeps {
  readonly replica: Replica;
  readonly sync: Sync;
  readonly clock: Clock;
  readonly report: (message: string, error?: unknown) => void;
  /** What former lives of this instance left, and is not here yet. */
  readonly underway: Underway;
}

export class Asking {
  readonly figures = { asked: 0, quiet: 0, gifts: 0 };
  private readonly dirty = new Set<string>();
  /** Products whose rights are being collected here. */
  private readonly lacking = new Set<string>();
  private running = false;
  private tick: Cancel = () => {};
  private round = 0;
  private life = 0;

  constructor(private readonly deps: AskingDeps) {
    const { replica, sync } = deps;
    replica.onShortage((product, missing, deadline) => this.short(product, missing, deadline));
    replica.onChange((products) => {
      for (const product of products) this.dirty.add(product);
    });
    sync.neighbours.onJoin(() => this.everything());
  }

  start(): void {
    this.running = true;
    this.everything();
    this.later(++this.life);
  }

  stop(): void {
    this.running = false;
    this.life++;
    this.tick();
  }

  /**
   * Resolves when this instance has what was missing, or can hope for it neither from others before `deadline` (monotonic ms) nor from its former lives.
   * Whoever has less time than that is answered by the queue.
   */
  async short(product: string, missing: bigint, deadline: number): Promise<void> {
    const need = this.standing(product).own + missing;
    do await this.gather(product, need, deadline);
    while (await this.deps.underway.wait(product, need));
  }

  private async gather(product: string, need: bigint, deadline: number): Promise<void> {
    this.lacking.add(product);
    try {
      // Nobody is emptied for what cannot be had: what is known may be old, so it is asked for first.
      if (this.reach(product) < need) await this.news(product, deadline);
      for (let round = 0; round < COLLECTING && this.lacks(product, need, deadline); round++) {
        // Between two others they are with neither of them, and soon with one.
        if (round > 0) await new Promise<void>((resolve) => void this.deps.clock.after(TRANSIT_MS, resolve));
        await this.collect(product, need, deadline);
      }
    } finally {
      this.lacking.delete(product);
    }
  }

  /** What another asks for: the parts of the answer. */
  async give(from: Sender, { product, to, held, ...amounts }: RightsQuestion, piece: (piece: unknown) => void): Promise<void> {
    const { replica, sync } = this.deps;
    const owner = replica.counters.vector.get(to)?.replica ?? from.id;
    if (owner !== from.id || to === replica.slot) throw new Lie(`${from.id} asks for rights for a slot of ${owner}`);
    const present = sync.neighbours.find(from)?.slot ?? to;
    const { own, fair } = this.standing(product);
    // Of two who collect at once one must end with all of it: the one with the lower id.
    const kept = present !== to || replica.products.get(product)?.borne !== true || (this.lacking.has(product) && from.id > replica.id);
    const asked = this.lacking.has(product) ? { wanted: amounts.needed, needed: amounts.needed } : amounts;
    const amount = kept ? 0n : gift(own, fair, asked);
    if (amount > 0n && (await replica.give(product, to, amount)) > 0n) this.figures.gifts++;
    const known = held?.[0] === replica.slot ? held[1] : 0;
    for (const part of await sync.answers.parts(replica.slot, known)) piece(writeDelta(part));
  }

  /** Still short, and the others have it. */
  private lacks(product: string, need: bigint, deadline: number): boolean {
    const left = deadline - this.deps.clock.monotonic();
    return this.running && left > TRANSIT_MS && this.standing(product).own < need && this.reach(product) >= need;
  }

  private reach(product: string): bigint {
    const { own, others } = this.standing(product);
    return others.reduce((sum, [, rights]) => sum + rights, own);
  }

  private async news(product: string, deadline: number): Promise<void> {
    const left = Math.min(ASK_MS, deadline - this.deps.clock.monotonic());
    if (left < WORTH_MS) return;
    await Promise.all(this.standing(product).others.map(([one]) => this.ask(one, product, { wanted: 1n, needed: 0n }, left)));
  }

  private async collect(product: string, need: bigint, deadline: number): Promise<void> {
    const { life } = this;
    for (const [one, theirs] of this.standing(product).others) {
      const { own, fair } = this.standing(product);
      const left = deadline - this.deps.clock.monotonic();
      if (own >= need || left < WORTH_MS || !this.running || life !== this.life) return;
      if (one.over) continue;
      const needed = need - own;
      // As much again for the next ones: else each operation would ask.
      const more = least(theirs / 2n, fair);
      this.figures.asked++;
      await this.ask(one, product, { wanted: needed > more ? needed : more, needed }, Math.min(ASK_MS, left));
    }
  }

  private async ask(one: Neighbour, product: string, amounts: { wanted: bigint; needed: bigint }, timeoutMs: number): Promise<boolean> {
    const { deps, life } = this;
    const { replica, sync, report } = deps;
    const held = one.slot === undefined ? null : [one.slot, sync.intake.held(one.slot)];
    const data = { product, to: replica.slot, wanted: `${amounts.wanted}`, needed: `${amounts.needed}`, held };
    const expects = (part: Delta): boolean => part.replica === one.id && (one.slot ??= part.slot) !== '';
    const over = (): boolean => life !== this.life;
    try {
      // A slot that has counted nothing is not on the disk: what is given to it would be nobody's after a restart.
      await replica.begin();
      await takeParts(sync.neighbours, sync.intake, one, { kind: KIND.rights, data, expects, timeoutMs, over });
      return true;
    } catch (error) {
      if (!(error instanceof CallFailed)) report(`Rights asked of ${one.id} cannot be taken`, error);
      return false;
    }
  }

  private standing(product: string): Standing {
    return standing(product, this.deps.replica, this.deps.sync.neighbours);
  }

  private everything(): void {
    for (const [name, { borne }] of this.deps.replica.products) if (borne) this.dirty.add(name);
  }

  private later(life: number): void {
    const round = async (): Promise<void> => {
      if (++this.round % ROUNDS === 0) this.everything();
      try {
        await this.even(life);
      } catch (error) {
        this.deps.report('Evening out rights failed', error);
      }
      if (life === this.life) this.later(life);
    };
    this.tick = this.deps.clock.after(QUIET_MS, () => void round());
  }

  /** Asks for its fair share of what it has less than half of. */
  private async even(life: number): Promise<void> {
    const { replica, sync } = this.deps;
    for (const product of [...this.dirty].slice(0, AT_ONCE)) {
      this.dirty.delete(product);
      if (!sync.intake.open || replica.products.get(product)?.borne !== true) continue;
      const { own, fair, others } = this.standing(product);
      const [richest] = others;
      if (richest === undefined || own * 2n >= fair || richest[1] <= fair) continue;
      this.figures.quiet++;
      const wanted = least(fair - own, richest[1] - fair);
      if (!(await this.ask(richest[0], product, { wanted, needed: 0n }, ASK_MS))) this.dirty.add(product);
      if (life !== this.life) return;
    }
  }
}
