import { Inject, Injectable } from '@nestjs/common';
import { sendDone, sendNotDone, type Words } from '../../http/answer.js';
import type { Reply } from '../../http/door.js';
import { mayExist } from '../../http/fields.js';
import type { Asks, Envelope, Outcome } from '../../runtime/aggregate/outcome.js';
import { Machine } from '../../runtime/machine.js';
import { Annuaire, type MembreId } from '../membres/index.js';
import type { Demande, Reponse, ReponseReservation, RessourceOuvrage, RessourcePret, SituationDuMembre } from './mots.js';
import { montrerOuvrage } from './ouvrages.lecture.js';
import { LectureDesPrets, montrerPret } from './prets.lecture.js';
import { OUVRAGES, USAGES_DES_PRETS, type UsagesDesPrets } from './prets.tokens.js';
import { ReglesDuClub } from './reglement.lecture.js';

type Answer = Promise<Outcome<Reponse>>;

/** Nobody could be asked: the demande goes on, and the database decides in the transaction, or says that it is out of reach. */
const INCONNUE = { prets: 0, reservations: 0, suspendu: false };

/** Asks the titles, and keeps from them what names nothing: an id that cannot exist, a loan or a member that the club does not have. */
@Injectable()
export class DemandesDePret {
  readonly fuseau: string;

  constructor(
    @Inject(OUVRAGES) private readonly ouvrages: Asks<Demande, Reponse>,
    @Inject(USAGES_DES_PRETS) { fuseau }: UsagesDesPrets,
    private readonly prets: LectureDesPrets,
    private readonly annuaire: Annuaire,
    private readonly regles: ReglesDuClub,
    private readonly machine: Machine,
  ) {
    this.fuseau = fuseau;
  }

  async ask(ouvrageId: string, demande: Demande, envelope: Envelope): Answer {
    if (!mayExist(ouvrageId)) return { is: 'missing' };
    if (!this.regles.lues) await this.regles.tenter();
    return this.ouvrages.ask(ouvrageId, demande, envelope);
  }

  /** As `ask`, for a demande about a member: with what the database counts of them at this moment. */
  async askFor(membreId: string, ouvrageId: string, envelope: Envelope, demande: (membre: SituationDuMembre) => Demande): Answer {
    const membre = await this.situation(membreId as MembreId, envelope);
    return membre === undefined
      ? { is: 'refused', refusal: { refusal: 'membre_inconnu' } }
      : this.ask(ouvrageId, demande(membre), envelope);
  }

  /** As `ask`, for a demande about a loan, wherever it lives. */
  async askOf(pretId: string, demande: Demande, envelope: Envelope): Answer {
    const origine = await this.prets.origine(pretId);
    return origine === undefined ? { is: 'missing' } : this.ask(origine.ouvrageId, demande, envelope);
  }

  /** As `askOf`, with what the database counts of the loan's own reader. */
  async prolonger(pretId: string, envelope: Envelope): Answer {
    const origine = await this.prets.origine(pretId);
    if (origine === undefined) return { is: 'missing' };
    return this.askFor(origine.membreId, origine.ouvrageId, envelope, (membre) => ({ type: 'prolonger', pretId, membre }));
  }

  lastSeen(ouvrageId: string): { readonly view: unknown; readonly version: number } | undefined {
    return this.ouvrages.lastSeen(ouvrageId);
  }

  private async situation(membreId: MembreId, envelope: Envelope): Promise<SituationDuMembre | undefined> {
    try {
      const connue = await this.annuaire.situation(membreId);
      if (connue === undefined) return (await this.answeredBefore(envelope)) ? { membreId, ...INCONNUE } : undefined;
      const { prets, reservations, enRetard, suspenduJusqua } = connue;
      return { membreId, prets, reservations, suspendu: enRetard || (suspenduJusqua ?? 0) > envelope.instant };
    } catch {
      return { membreId, ...INCONNUE };
    }
  }

  /** A demande accepted while the member was there keeps its answer after they left. */
  private async answeredBefore({ minted, scope, id }: Envelope): Promise<boolean> {
    if (minted) return false;
    return (await this.machine.storage.demandes([[scope, id]])).length > 0;
  }
}

const OF_OUVRAGE: Words = { missing: 'ouvrage_inconnu', unreachable: 'base_indisponible' };
const OF_PRET: Words = { missing: 'pret_inconnu', unreachable: 'base_indisponible' };

/** Answers with the whole title, as its GET gives it. */
export function answerOuvrage(reply: Reply, outcome: Outcome<Reponse>, fuseau: string, status: 200 | 201 = 200): void {
  if (outcome.is !== 'done') return sendNotDone(reply.request, reply, outcome, OF_OUVRAGE);
  const ouvrage = montrerOuvrage(outcome.answer as RessourceOuvrage, fuseau);
  sendDone(reply, outcome, status, ouvrage, ouvrage.version, status === 201 ? `/api/v1/ouvrages/${ouvrage.id}` : undefined);
}

/** Answers with the rank and the place of a hold. */
export function answerReservation(reply: Reply, outcome: Outcome<Reponse>): void {
  if (outcome.is !== 'done') return sendNotDone(reply.request, reply, outcome, OF_OUVRAGE);
  const reservation = outcome.answer as ReponseReservation;
  sendDone(reply, outcome, 201, reservation, reservation.version);
}

/** Answers with the loan, as its GET gives it; a new one is asked of its title. */
export function answerPret(reply: Reply, outcome: Outcome<Reponse>, fuseau: string, status: 200 | 201 = 200): void {
  if (outcome.is !== 'done') return sendNotDone(reply.request, reply, outcome, status === 201 ? OF_OUVRAGE : OF_PRET);
  const pret = montrerPret(outcome.answer as RessourcePret, fuseau);
  sendDone(reply, outcome, status, pret, pret.version, status === 201 ? `/api/v1/prets/${pret.id}` : undefined);
}
