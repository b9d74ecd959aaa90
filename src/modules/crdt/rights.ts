/** The rights to bounded products, as a process: evens them out, takes over what former lives of this instance left, tells the witness how far it is. */
import type { Cancel, Clock } from '../../runtime/clock.js';
import { Adoption, type Witness } from './adoption.js';
import type { Slot } from './pn-counter.js';
import type { Replica } from './replica.js';
import { Asking } from './rights-asking.js';
import { standing } from './rights-standing.js';
import { Underway } from './rights-underway.js';
import { sparing } from './sparing.js';
import type { Sync } from './sync.js';
import { checkRights, checkWitness, KIND } from './sync-wire.js';
import { Testimonies } from './testimony.js';

export type { Witness } from './adoption.js';

/** How long connections are waited for before the first question about former slots: more witnesses are better ones. */
const WAIT_MS = 2_000;
const AGAIN_MS = 2_000;
/** So long after an opening, operations wait for the rights of former slots: two looks, each with slow answers. Raising it lengthens the wait for a no. */
const PATIENCE_MS = 6_000;
/** Least time between two notes to the witness. Raising it lets an old store that is put back pass for the newest for longer. */
const NOTE_MS = 1_000;
/** Questions for rights of one peer that are answered at once: it may lack several products. */
const AT_ONCE = 64;
/** A note that hangs is given up. */
const NOTE_LIMIT_MS = 5_000;

export interface RightsOptions {
  readonly replica: Replica;
  readonly sync: Sync;
  readonly clock: Clock;
  readonly report: (message: string, error?: unknown) => void;
  /** Absent: only peers testify. */
  readonly witness?: Witness | undefined;
}

export class Rights {
  private readonly asking: Asking;
  private readonly adoption: Adoption;
  private readonly underway: Underway;
  private readonly noted = new Map<Slot, number>();
  private life = 0;
  private running = false;
  private looking = false;
  /** Something may have changed about former slots. */
  private due = true;
  private notBefore = 0;
  private ticks: Cancel[] = [];

  private readonly options: RightsOptions;

  constructor(all: RightsOptions) {
    const options = { ...all, report: sparing(all.report, all.clock) };
    this.options = options;
    const { replica, sync, clock } = options;
    this.underway = new Underway(replica, clock, (product) => standing(product, replica, sync.neighbours).own);
    this.asking = new Asking({ ...options, underway: this.underway });
    this.adoption = new Adoption({ ...options, witness: options.witness });
    const testimonies = new Testimonies(replica, sync.neighbours, clock);
    sync.answers.on(KIND.rights, checkRights, (from, question, piece) => this.asking.give(from, question, piece), AT_ONCE);
    sync.answers.on(KIND.witness, checkWitness, (from, question, piece) => piece(testimonies.of(from, question)));
    replica.onChange((products) => {
      for (const product of products) this.due ||= replica.products.get(product)?.borne === true;
      this.underway.look(products);
    });
    replica.onOpening(() => {
      this.due = true;
      this.wait();
    });
    sync.neighbours.onJoin(() => {
      this.underway.joined();
      void this.look();
    });
  }

  /** From now on until `stop`. May be started again. */
  start(): { stop(): void } {
    this.stop();
    this.running = true;
    const life = ++this.life;
    this.asking.start();
    this.due = true;
    this.wait();
    this.every(life, 0, AGAIN_MS, () => void this.look());
    this.every(life, 1, NOTE_MS, () => void this.note(life));
    return { stop: () => this.stop() };
  }

  get figures() {
    return { ...this.asking.figures, ...this.adoption.figures };
  }

  private stop(): void {
    this.running = false;
    this.life++;
    this.asking.stop();
    this.underway.end();
    for (const cancel of this.ticks) cancel();
  }

  private wait(): void {
    const { clock } = this.options;
    this.notBefore = clock.monotonic() + WAIT_MS;
    this.ticks[2]?.();
    if (!this.running) return;
    this.ticks[2] = clock.after(WAIT_MS, () => void this.look());
    this.underway.begin(PATIENCE_MS);
  }

  private every(life: number, nth: number, ms: number, run: () => void): void {
    this.ticks[nth] = this.options.clock.after(ms, () => {
      if (life !== this.life) return;
      run();
      this.every(life, nth, ms, run);
    });
  }

  private async look(): Promise<void> {
    const { clock, sync, report } = this.options;
    if (!this.running || !this.due || this.looking || !sync.intake.open || clock.monotonic() < this.notBefore) return;
    const { life } = this;
    this.looking = true;
    this.due = false;
    try {
      if (await this.adoption.look(() => life !== this.life)) this.due = true;
    } catch (error) {
      this.due = true;
      report('What is left in former slots cannot be looked at', error);
    }
    this.looking = false;
    // What was found to be frozen changes no counter.
    this.underway.look();
  }

  /** Tells the witness how far the present slot is, and the former ones that were written since. */
  private async note(life: number): Promise<void> {
    const { replica, sync, witness, clock } = this.options;
    if (witness === undefined || !sync.intake.open) return;
    const slots = [replica.slot, ...this.adoption.safe];
    const news = slots.map((slot) => [slot, replica.id, sync.intake.held(slot)] as const);
    const rows = news.filter(([slot, , version]) => version > (this.noted.get(slot) ?? 0));
    if (rows.length === 0) return;
    // Raised before the answer, lowered when it fails: a note that hangs is not sent a second time at once.
    for (const [slot, , version] of rows) this.noted.set(slot, version);
    const failed = (): void => {
      if (life === this.life) for (const [slot] of rows) this.noted.delete(slot);
    };
    const cancel = clock.after(NOTE_LIMIT_MS, failed);
    try {
      await witness.note(rows);
    } catch {
      failed();
    }
    cancel();
  }
}
