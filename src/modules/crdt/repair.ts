/**
 * Finds by digests what this instance lacks, and reads it from whoever has it. What is on its way anyway (the present slots of peers that are counting
 * right now) is no lack: under steady load nothing is read.
 */
import type { Cancel, Clock } from '../../runtime/clock.js';
import { CallFailed } from '../../runtime/cluster/transport-port.js';
import { bucketOf } from './counter-versions.js';
import type { Delta } from './counters.js';
import { type Intake, Lie, type Replicated } from './intake.js';
import { type Neighbour, type Neighbours, Over } from './neighbours.js';
import type { Slot } from './pn-counter.js';
import type { Push } from './push.js';
import { checkRows, type Digest, KIND, type Row } from './sync-wire.js';
import { takeParts } from './take-parts.js';

/** A difference is looked at again after this before it is a lack: what was on its way has come. */
const SETTLE_MS = 300;
/** Digests for which a difference may be explained by what is on its way; then it is looked into all the same. */
const PATIENCE = 5;
/** Buckets asked for in one call. */
const BUCKETS_AT_ONCE = 8;
/** Rows of one answer that are taken. Beyond, the one who answers is no peer of ours. */
export const MOST_ROWS = 20_000;

export interface RepairDeps {
  readonly replica: Replicated;
  readonly neighbours: Neighbours;
  readonly intake: Intake;
  readonly push: Push;
  readonly clock: Clock;
  readonly report: (message: string, error?: unknown) => void;
  /** Slots that are being read, from whomever. */
  readonly reading: Set<Slot>;
  readonly figures: RepairFigures;
  /** Something came: others may lack it too. */
  readonly onRepaired: () => void;
}

/** `looks`: versions were asked for. `repairs`: of those, where something was lacking. `reads`: slots read. */
export interface RepairFigures {
  looks: number;
  repairs: number;
  reads: number;
}

/** Of one peer, one repair at a time. */
export class Repair {
  private digest: Digest | undefined;
  private busy = false;
  private over = false;
  private wake: Cancel | undefined;
  private explained = 0;

  constructor(
    private readonly from: Neighbour,
    private readonly deps: RepairDeps,
  ) {}

  /** A digest has come. The first one of a connection is acted on at once: one side may have been away for long. */
  hear(digest: Digest): void {
    const first = this.digest === undefined;
    this.digest = digest;
    if (this.busy || this.wake !== undefined) return;
    const { lacking, differing } = this.compare();
    this.explained = lacking.length === 0 && differing.length > 0 ? this.explained + 1 : 0;
    if (lacking.length === 0 && this.explained < PATIENCE) return;
    if (first) return void this.run(lacking);
    this.wake = this.deps.clock.after(SETTLE_MS, () => {
      this.wake = undefined;
      const now = this.compare();
      const buckets = this.explained < PATIENCE ? now.lacking : now.differing;
      if (buckets.length > 0) void this.run(buckets);
    });
  }

  end(): void {
    this.over = true;
    this.wake?.();
  }

  /** Buckets that differ, and those of them that nothing on its way explains. */
  private compare(): { lacking: number[]; differing: number[] } {
    const { replica, intake, push } = this.deps;
    if (this.digest === undefined || !intake.open) return { lacking: [], differing: [] };
    const mine = replica.counters.buckets();
    const differing = this.digest.buckets.flatMap((bucket, at) => (bucket === mine[at] ? [] : [at]));
    if (differing.length === 0) return { lacking: [], differing };
    const busy = intake.busySlots;
    if (push.owes(this.from)) busy.push(replica.slot);
    const moving = new Set(busy.map(bucketOf));
    return { lacking: differing.filter((bucket) => !moving.has(bucket)), differing };
  }

  private async run(buckets: readonly number[]): Promise<void> {
    const { report, figures, onRepaired } = this.deps;
    this.busy = true;
    let read = 0;
    try {
      for (let at = 0; at < buckets.length; at += BUCKETS_AT_ONCE) {
        figures.looks++;
        const rows = await this.versions(buckets.slice(at, at + BUCKETS_AT_ONCE));
        for (const row of rows) if (await this.lacks(row)) read++;
      }
    } catch (error) {
      if (!(error instanceof CallFailed || error instanceof Over))
        report(`What ${this.from.id} knows of the counters cannot be read`, error);
    }
    if (read > 0) figures.repairs++;
    this.busy = false;
    this.explained = 0;
    if (read > 0 && !this.over) onRepaired();
  }

  private async versions(buckets: readonly number[]): Promise<readonly Row[]> {
    const rows: Row[] = [];
    await this.deps.neighbours.call(this.from, KIND.versions, buckets, (piece) => {
      if (rows.length >= MOST_ROWS) throw new Lie('versions without end');
      rows.push(...checkRows(piece));
    });
    this.alive();
    return rows;
  }

  /** Reads a slot of which the peer knows more. True when something came of it. */
  private async lacks([slot, replica, version]: Row): Promise<boolean> {
    const { intake, reading, figures } = this.deps;
    const mine = this.deps.replica;
    const from = intake.held(slot);
    if (version <= from || slot === mine.slot || reading.has(slot) || intake.busy(slot)) return false;
    reading.add(slot);
    figures.reads++;
    try {
      await this.read(slot, replica, from);
    } finally {
      reading.delete(slot);
    }
    return intake.held(slot) > from;
  }

  private async read(slot: Slot, replica: string, from: number): Promise<void> {
    const expects = (part: Delta): boolean => part.slot === slot && part.replica === replica && part.from === from;
    const over = (): boolean => this.over;
    await takeParts(this.deps.neighbours, this.deps.intake, this.from, { kind: KIND.read, data: [slot, from], expects, over });
    this.alive();
  }

  private alive(): void {
    if (this.over || this.from.over) throw new Over();
  }
}
