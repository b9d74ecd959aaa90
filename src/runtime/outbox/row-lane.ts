/**
 * Demandes of plain modules (no aggregate): rows in the same write lane, with the same promise about their ids (A6).
 *
 * What waits is written together, each in a savepoint of its own: one durable commit for all, and one that fails harms no other.
 */
import { demandeKey } from '../aggregate/demande-key.js';
import type { Refusal } from '../aggregate/aggregate.js';
import type { Envelope, Outcome } from '../aggregate/outcome.js';
import type { RunningDemandes } from '../aggregate/running-demandes.js';
import type { Clock } from '../clock.js';
import type { Journal, LaneWork } from './journal.js';
import { CommitUnknown, concernsStorage, Contended, type RowTransaction, type Storage, type StoredDemande } from './storage.js';

/** What the work of a row demande found: an answer to keep, or a no that leaves no trace. */
export type Performed<T> = { readonly answer: T } | Refusal | { readonly missing: true } | { readonly stale: number };

interface Job {
  readonly envelope: Envelope;
  readonly subject: string;
  readonly opens: boolean;
  readonly work: (tx: RowTransaction) => Promise<Performed<unknown>>;
  readonly resolve: (outcome: Outcome) => void;
  ambiguous: boolean;
  /** A transaction has been asked for it. */
  sent: boolean;
  /** A transaction carries it. */
  running: boolean;
  answered: boolean;
}

/** Jobs in one transaction: each holds the lane for a few statements. */
const TOGETHER = 64;
/** How long before its deadline a job is answered for which no transaction has been asked, and any other. */
const PROOF_MS = 600;
const MARGIN_MS = 125;

/** Undoes one job's savepoint; carries what to answer. */
class Undo extends Error {
  constructor(readonly outcome: Outcome) {
    super('undone');
  }
}

export class RowLane implements LaneWork {
  private jobs: Job[] = [];
  private queued = false;

  constructor(
    private readonly journal: Journal,
    private readonly storage: Storage,
    private readonly clock: Clock,
    private readonly running: RunningDemandes,
    private readonly report: (message: string, error: unknown) => void,
  ) {}

  /**
   * Runs `work` at most once per demande id, in a transaction that also keeps the answer. `subject` names what the demande is about;
   * `opens` says that the subject's id was invented for this very call. Never throws; answers before the deadline.
   */
  perform<T>(envelope: Envelope, subject: string, work: (tx: RowTransaction) => Promise<Performed<T>>, opens = false): Promise<Outcome<T>> {
    const twin = envelope.minted ? undefined : this.running.find(envelope, subject, opens);
    if (twin !== undefined) return twin as Promise<Outcome<T>>;
    if (this.journal.outstanding >= this.journal.limits.queue) return Promise.resolve({ is: 'overloaded', retryAfterMs: 1000 });
    this.journal.outstanding++;
    const answer = new Promise<Outcome>((resolve) => {
      this.jobs.push(this.job({ envelope, subject, opens, work }, resolve));
    });
    if (!envelope.minted) this.running.begin(envelope, subject, answer);
    this.enqueue();
    return answer as Promise<Outcome<T>>;
  }

  /** A job that is answered once, at its deadline at the latest, whatever becomes of the lane. */
  private job(asked: Pick<Job, 'envelope' | 'subject' | 'opens' | 'work'>, answer: (outcome: Outcome) => void): Job {
    const resolve = (outcome: Outcome): void => {
      if (job.answered) return;
      job.answered = true;
      cancel();
      this.journal.outstanding--;
      if (!asked.envelope.minted) this.running.end(asked.envelope);
      answer(outcome);
    };
    const job: Job = { ...asked, resolve, ambiguous: false, sent: false, running: false, answered: false };
    const left = asked.envelope.deadline - this.clock.monotonic();
    // A little early when nothing carries it: a proof is worth more than the last half second. What is being tried may still come back.
    let cancel = this.clock.after(Math.max(0, left - PROOF_MS), () => {
      if (!job.sent) return resolve(expired(job));
      cancel = this.clock.after(PROOF_MS - MARGIN_MS, () => resolve(expired(job)));
    });
    return job;
  }

  async run(): Promise<void> {
    this.queued = false;
    const batch = this.jobs.splice(0, TOGETHER).filter((job) => !job.answered);
    for (const job of batch) job.sent = true;
    if (this.jobs.length > 0) this.enqueue();
    const outcomes = new Map<Job, Outcome>();
    try {
      await this.storage.transact(async (tx) => {
        // Only now can anything become of them: until the transaction has begun, `not_executed` is still a proof, and it is kept.
        const carried = batch.filter((job) => !job.answered);
        for (const job of carried) job.running = true;
        const known = await this.known(tx, carried);
        for (const job of carried) outcomes.set(job, await this.one(tx, job, known));
      });
      for (const [job, outcome] of outcomes) job.resolve(outcome);
    } catch (error) {
      this.again(batch, error);
    }
  }

  private async known(tx: RowTransaction, batch: readonly Job[]): Promise<Map<string, StoredDemande>> {
    const asked = batch.filter((job) => !job.envelope.minted || job.ambiguous);
    const known = new Map<string, StoredDemande>();
    for (const scope of new Set(asked.map((job) => job.envelope.scope))) {
      const ids = asked.filter((job) => job.envelope.scope === scope).map((job) => job.envelope.id);
      for (const row of await tx.select('demande', { scope, id: ids })) {
        known.set(demandeKey(scope, String(row['id'])), {
          scope,
          id: String(row['id']),
          stream: String(row['stream']),
          hash: String(row['hash']),
          answer: JSON.parse(String(row['answer'])) as unknown,
        });
      }
    }
    return known;
  }

  private async one(tx: RowTransaction, job: Job, known: ReadonlyMap<string, StoredDemande>): Promise<Outcome> {
    const stored = known.get(demandeKey(job.envelope.scope, job.envelope.id));
    if (stored !== undefined) return asStored(job, stored);
    try {
      return await tx.savepoint(() => this.performed(tx, job));
    } catch (error) {
      if (concernsStorage(error)) throw error;
      // Another instance may have performed the same demande since we looked: its effect is what refused ours, and its answer stands.
      const twin = (await this.known(tx, [job])).values().next().value;
      if (twin !== undefined) return asStored(job, twin);
      if (error instanceof Undo) return error.outcome;
      this.report(`A demande about ${job.subject} failed`, error);
      return { is: 'failed' };
    }
  }

  private async performed(tx: RowTransaction, { envelope, subject, work }: Job): Promise<Outcome> {
    const { scope, id, hash, instant } = envelope;
    const performed = await work(tx);
    if (!('answer' in performed)) throw new Undo(no(performed));
    await tx.insert('demande', [{ scope, id, stream: subject, hash, answer: JSON.stringify(performed.answer), instant }]);
    return { is: 'done', answer: performed.answer, replayed: false };
  }

  private again(batch: readonly Job[], error: unknown): void {
    const unknown = error instanceof CommitUnknown;
    if (!(error instanceof Contended))
      this.report(unknown ? 'A commit was lost: nobody knows yet whether it was written' : 'The database refuses to write', error);
    const now = this.clock.monotonic();
    for (const job of batch) {
      job.ambiguous ||= unknown;
      job.sent = job.running = false;
      if (job.envelope.deadline - PROOF_MS > now) this.jobs.push(job);
      else job.resolve(expired(job));
    }
    if (this.jobs.length > 0) this.clock.after(50 + this.clock.chance() * 100, () => this.enqueue());
  }

  private enqueue(): void {
    if (this.queued || this.jobs.length === 0) return;
    this.queued = true;
    this.journal.enqueue(this);
  }
}

function asStored(job: Job, stored: StoredDemande): Outcome {
  const same = stored.hash === job.envelope.hash && (stored.stream === job.subject || job.opens);
  return same ? { is: 'done', answer: stored.answer, replayed: !job.ambiguous } : { is: 'different' };
}

function expired({ running, ambiguous }: Job): Outcome {
  return { is: 'unavailable', effect: running || ambiguous ? 'unknown' : 'not_executed', retryAfterMs: 1000 };
}

function no(performed: Refusal | { readonly missing: true } | { readonly stale: number }): Outcome {
  if ('refusal' in performed) return { is: 'refused', refusal: performed };
  if ('stale' in performed) return { is: 'stale', version: performed.stale };
  return { is: 'missing' };
}
