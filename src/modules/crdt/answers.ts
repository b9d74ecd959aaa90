/** What this instance answers when peers ask what it knows. Each peer has a few questions open at most; who asks more at once is turned away. */
import type { Sender, Transport } from '../../runtime/cluster/transport-port.js';
import { writeDelta } from './counter-text.js';
import { bucketOf } from './counter-versions.js';
import type { Delta } from './counters.js';
import { fingerprint } from './fingerprint.js';
import type { Intake, Replicated } from './intake.js';
import type { Slot } from './pn-counter.js';
import { MOST_ROWS } from './repair.js';
import { checkBuckets, checkDelta, checkNothing, checkRead, checkSlots, checkSlugs, KIND, MAX_ROWS, type Row } from './sync-wire.js';
import { MOST_PARTS } from './take-parts.js';

/** Questions of one kind of one peer that are answered at once. Raising it lets one peer hold more of this instance. */
const OPEN_QUESTIONS = 8;

export interface AnswersDeps {
  readonly transport: Transport;
  readonly replica: Replicated;
  readonly intake: Intake;
  /** False while this part of the instance is stopped: nothing is answered. */
  readonly running: () => boolean;
}

type Piece = (piece: unknown) => void;
type Answer<T> = (from: Sender, data: T, piece: Piece) => Promise<void> | void;

export class Answers {
  private readonly open = new Map<string, number>();

  constructor(private readonly deps: AnswersDeps) {
    const { intake, replica } = deps;
    this.on(KIND.delta, checkDelta, async (from, delta, piece) => piece(await intake.hear(from.id, delta)));
    this.on(KIND.holds, checkSlots, (_, slots, piece) => piece(slots.map((slot) => intake.held(slot))));
    this.on(KIND.versions, checkBuckets, (_, buckets, piece) => this.versions(buckets, piece));
    this.on(KIND.read, checkRead, async (_, [slot, from], piece) => {
      for (const part of await this.parts(slot, from)) piece(writeDelta(part));
    });
    this.on(KIND.values, checkSlugs, (_, products, piece) => piece(products.map((product) => String(replica.counters.value(product)))));
    this.on(KIND.fingerprint, checkNothing, (_, __, piece) =>
      piece({ empreinte: fingerprint(replica.counters), buckets: replica.counters.buckets() }),
    );
  }

  /** Listens to `kind` under the same rules. `most`: questions of one peer that are answered at once. */
  on<T>(kind: string, check: (data: unknown) => T, answer: Answer<T>, most = OPEN_QUESTIONS): void {
    this.deps.transport.onCall(kind, check, async (from, data, piece) => {
      if (!this.deps.running() || !this.deps.intake.open) throw new Error('the counters of this instance do not answer now');
      const key = `${from.incarnation} ${kind}`;
      const inside = this.open.get(key) ?? 0;
      if (inside >= most) throw new Error(`${from.id} asks too much at once`);
      this.open.set(key, inside + 1);
      try {
        await answer(from, data, piece);
      } finally {
        const left = this.open.get(key)! - 1;
        if (left === 0) this.open.delete(key);
        else this.open.set(key, left);
      }
    });
  }

  /** What a slot did after `from`, wherever it is kept. */
  async parts(slot: Slot, from: number): Promise<readonly Delta[]> {
    const parts = await this.deps.replica.read(slot, from);
    if (parts.length > MOST_PARTS) throw new Error(`slot ${slot} has more than ${MOST_PARTS} parts`);
    return parts;
  }

  private versions(buckets: readonly number[], piece: Piece): void {
    const wanted = new Set(buckets);
    const rows: Row[] = [];
    for (const [slot, { replica, version }] of this.deps.replica.counters.vector)
      if (version > 0 && rows.length < MOST_ROWS && wanted.has(bucketOf(slot))) rows.push([slot, replica, version]);
    for (let at = 0; at < rows.length; at += MAX_ROWS) piece(rows.slice(at, at + MAX_ROWS));
  }
}
