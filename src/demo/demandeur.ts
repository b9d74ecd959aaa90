import type { Envelope, Outcome } from '../runtime/aggregate/outcome.js';
import type { Clock } from '../runtime/clock.js';
import { concernsStorage } from '../runtime/outbox/storage.js';

const ASK_MS = 10_000;

/** Demande, une fois par nom et jusqu'à la réponse. */
export class Demandeur {
  constructor(
    readonly clock: Clock,
    private readonly report: (message: string, error: unknown) => void,
    private readonly signal: AbortSignal,
  ) {}

  /** La réponse ; undefined après un refus, ou quand il est trop tard. */
  async demander<T>(
    nom: string,
    instant: number,
    ask: (envelope: Envelope) => Promise<Outcome<T>>,
    jusqua = Infinity,
  ): Promise<T | undefined> {
    const { clock } = this;
    for (;;) {
      this.signal.throwIfAborted();
      const id = `demo-${nom}`;
      // Le nom dit déjà tout le contenu : son empreinte ne dépend pas du jour.
      const envelope = { scope: 'machine', id, minted: false, acteur: null, instant, hash: 'demo', deadline: clock.monotonic() + ASK_MS };
      const outcome = await ask(envelope);
      if (outcome.is === 'done') return outcome.answer;
      if (!('retryAfterMs' in outcome) || clock.monotonic() >= jusqua) {
        const pourquoi = outcome.is === 'refused' ? outcome.refusal.refusal : outcome.is;
        this.report(`The demo club goes on without ${id}`, new Error(pourquoi));
        return undefined;
      }
      await this.attendre(outcome.retryAfterMs);
    }
  }

  /** Essaie jusqu'à ce que la base veuille bien. Un sort inconnu se rejoue : `work` ne compte qu'une fois. */
  async insister<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!concernsStorage(error)) throw error;
        await this.attendre(200);
      }
    }
  }

  async attendre(ms: number): Promise<void> {
    await new Promise<void>((resolve) => this.clock.after(ms, resolve));
    this.signal.throwIfAborted();
  }
}
