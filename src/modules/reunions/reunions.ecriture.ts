import { Inject, Injectable } from '@nestjs/common';
import { sendDone, sendNotDone, type Words } from '../../http/answer.js';
import type { Reply } from '../../http/door.js';
import { mayExist } from '../../http/fields.js';
import type { Asks, Envelope, Outcome } from '../../runtime/aggregate/outcome.js';
import { Machine } from '../../runtime/machine.js';
import { Annuaire, type MembreId } from '../membres/index.js';
import type { Reponse, RessourceSeance } from './reponses.js';
import { montrer } from './reunions.lecture.js';
import { SEANCES } from './reunions.tokens.js';
import type { Demande } from './mots.js';

type Answer = Promise<Outcome<Reponse>>;

/** Asks the séances, and keeps from them what names nothing: an id that cannot exist, a member that the club does not have. */
@Injectable()
export class DemandesDeSeance {
  constructor(
    @Inject(SEANCES) private readonly seances: Asks<Demande, Reponse>,
    private readonly annuaire: Annuaire,
    private readonly machine: Machine,
  ) {}

  ask(id: string, demande: Demande, envelope: Envelope): Answer {
    return mayExist(id) ? this.seances.ask(id, demande, envelope) : Promise.resolve({ is: 'missing' });
  }

  /** As `ask`, for a demande about a member. */
  askAbout(membreId: string, id: string, demande: Demande, envelope: Envelope): Answer {
    if (this.annuaire.reconnait(membreId as MembreId)) return this.ask(id, demande, envelope);
    return this.askAboutStranger(membreId as MembreId, id, demande, envelope);
  }

  lastSeen(id: string): { readonly view: unknown; readonly version: number } | undefined {
    return this.seances.lastSeen(id);
  }

  private async askAboutStranger(membreId: MembreId, id: string, demande: Demande, envelope: Envelope): Answer {
    if ((await this.mayBeKnown(membreId)) || (await this.answeredBefore(envelope))) return this.ask(id, demande, envelope);
    return { is: 'refused', refusal: { refusal: 'membre_inconnu' } };
  }

  /** When nobody can be asked, the demande goes on: the database decides in the transaction, or says that it is out of reach. */
  private async mayBeKnown(membreId: MembreId): Promise<boolean> {
    try {
      return (await this.annuaire.connus([membreId])).has(membreId);
    } catch {
      return true;
    }
  }

  /** A demande accepted while the member was there keeps its answer after they left. */
  private async answeredBefore({ minted, scope, id }: Envelope): Promise<boolean> {
    if (minted) return false;
    return (await this.machine.storage.demandes([[scope, id]])).length > 0;
  }
}

const WORDS: Words = { missing: 'seance_inconnue', unreachable: 'seance_injoignable' };

/** Answers with the whole séance, as its GET gives it. */
export function answerSeance(reply: Reply, outcome: Outcome<Reponse>, status: 200 | 201 = 200): void {
  if (outcome.is !== 'done') return sendNotDone(reply.request, reply, outcome, WORDS);
  const seance = outcome.answer as RessourceSeance;
  sendDone(reply, outcome, status, montrer(seance), seance.version, status === 201 ? `/api/v1/seances/${seance.id}` : undefined);
}

/** Answers with the few figures that a rush needs: straight from the aggregate, nothing is read or formatted. */
export function answerShort(reply: Reply, outcome: Outcome<Reponse>, status: 200 | 201): void {
  if (outcome.is !== 'done') return sendNotDone(reply.request, reply, outcome, WORDS);
  sendDone(reply, outcome, status, outcome.answer, outcome.answer.version);
}
