import { demandeKey } from './demande-key.js';
import type { Envelope, Outcome } from './outcome.js';

interface Running {
  readonly stream: string;
  readonly hash: string;
  readonly answer: Promise<Outcome>;
}

/**
 * Demandes under a caller's own id that are being worked on in this instance: the second click waits for the first one's answer (A6).
 * Ids that the door has just invented are not kept here: nobody else can know them yet.
 */
export class RunningDemandes {
  private readonly running = new Map<string, Running>();

  /** The answer of the demande that already runs under this id, or what must be said of it; undefined when none runs. */
  find({ scope, id, hash }: Envelope, stream: string, opens: boolean): Promise<Outcome> | undefined {
    const twin = this.running.get(demandeKey(scope, id));
    if (twin === undefined) return undefined;
    if (twin.hash !== hash || (twin.stream !== stream && !opens)) return Promise.resolve({ is: 'different' });
    return twin.answer.then((outcome) => (outcome.is === 'done' ? { ...outcome, replayed: true } : outcome));
  }

  begin({ scope, id, hash }: Envelope, stream: string, answer: Promise<Outcome>): void {
    this.running.set(demandeKey(scope, id), { stream, hash, answer });
  }

  end({ scope, id }: Envelope): void {
    this.running.delete(demandeKey(scope, id));
  }
}
