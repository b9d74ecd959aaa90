import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { sendDone, sendNotDone, type Words } from '../../http/answer.js';
import { FromQuery, type ListQuery, readCursor, sendPage } from '../../http/cursor.js';
import { type Demande, type DemandeOf, FromRequest } from '../../http/demande.js';
import { Tags } from '../../http/documentation.js';
import type { Reply, Request } from '../../http/door.js';
import { Operation } from '../../http/operation.js';
import { InvalidDemande, Problem, sendProblem } from '../../http/problem.js';
import { Compte, Ecriture, JournalDeCompteur, type Niveau, PageDeCompteurs, Quantite, Recomptage } from './compteurs.formes.js';
import type { Envelope } from '../../runtime/aggregate/outcome.js';
import type { RefusCompteur } from './crdt.refus.js';
import { Forward } from './forward.js';
import { montrer } from './montre.lecture.js';
import { ligneDe } from './mouvements.lecture.js';
import { Niveaux } from './niveaux.lecture.js';
import { type Answered, Replica } from './replica.js';
import type { Movement } from './store.js';

const WORDS: Words = { missing: 'produit_inconnu', unreachable: 'compteurs_indisponibles' };
const MOUVEMENT = /^mou_[0-9a-z]{26}_[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
const UN_COMPTE = { answers: Compte, apart: true } as const;

/** What comes and goes of a product. Written in this instance's own store before it is answered: neither the database nor a peer is needed. */
@Tags('Compteurs')
@Controller('compteurs/:produit')
export class MouvementsHttp {
  constructor(
    private readonly replica: Replica,
    private readonly forward: Forward,
    private readonly niveaux: Niveaux,
  ) {}

  @Post('increments')
  @Operation<RefusCompteur>({
    ...UN_COMPTE,
    summary: 'Ajouter des unités',
    refusals: ['produit_inconnu', 'ecriture_incomplete', 'compteurs_indisponibles'],
  })
  ajouter(
    @Param('produit') produit: string,
    @FromRequest(Quantite, Ecriture) demande: DemandeOf<typeof Quantite, typeof Ecriture>,
    @Res() reply: Reply,
  ): Promise<void> {
    return this.changer(produit, BigInt(demande.body.quantite), demande, reply);
  }

  @Post('decrements')
  @Operation<RefusCompteur>({
    ...UN_COMPTE,
    summary: 'Retirer des unités',
    description:
      'Un compteur non borné peut passer au-dessous de zéro. Un compteur borné, jamais : il faut des droits, demandés aux autres au besoin.',
    refusals: ['produit_inconnu', 'droits_insuffisants', 'ecriture_incomplete', 'compteurs_indisponibles'],
  })
  retirer(
    @Param('produit') produit: string,
    @FromRequest(Quantite, Ecriture) demande: DemandeOf<typeof Quantite, typeof Ecriture>,
    @Res() reply: Reply,
  ): Promise<void> {
    return this.changer(produit, -BigInt(demande.body.quantite), demande, reply);
  }

  @Post('mouvements/:id/annulation')
  @Operation<RefusCompteur>({
    ...UN_COMPTE,
    summary: 'Annuler un mouvement',
    description:
      'Par le mouvement inverse, une seule fois. Seule l’instance que l’identifiant nomme peut le faire : la demande lui est portée.',
    refusals: ['produit_inconnu', 'mouvement_inconnu', 'mouvement_deja_annule', 'droits_insuffisants', 'compteurs_indisponibles'],
  })
  async annuler(
    @Param('produit') produit: string,
    @Param('id') id: string,
    @FromRequest() { envelope }: Demande,
    @Res() reply: Reply,
  ): Promise<void> {
    withoutVersion(envelope);
    if (this.replica.state === 'open') {
      if (!this.replica.products.has(produit)) throw new Problem('produit_inconnu');
      // What no movement is called names nobody who could be asked.
      if (!MOUVEMENT.test(id)) throw new Problem('mouvement_inconnu');
    }
    this.answer(reply, produit, await this.forward.undo(envelope, produit, id));
  }

  @Post('recomptages')
  @Operation<RefusCompteur>({
    ...UN_COMPTE,
    summary: 'Noter ce que l’on vient de compter',
    description:
      'Un mouvement de ce qu’il manque pour que la valeur connue ici soit celle-là ; ce que les autres comptent au même moment s’y ajoute.',
    refusals: ['produit_inconnu', 'droits_insuffisants', 'compteurs_indisponibles'],
  })
  async recompter(
    @Param('produit') produit: string,
    @FromRequest(Recomptage) { body, envelope }: DemandeOf<typeof Recomptage>,
    @Res() reply: Reply,
  ): Promise<void> {
    withoutVersion(envelope);
    const to = BigInt(body.valeur);
    if (to < 0n && this.replica.products.get(produit)?.borne === true) throw new InvalidDemande([NEGATIVE]);
    const { outcome } = await this.replica.perform(envelope, { type: 'recount', product: produit, to });
    this.answer(reply, produit, outcome);
  }

  @Get('mouvements')
  @Operation<RefusCompteur>({
    apart: true,
    summary: 'Le journal de cette instance',
    description: 'Ses propres mouvements, le dernier d’abord, pendant 30 jours. Ceux des autres sont chez elles.',
    answers: JournalDeCompteur,
    refusals: ['produit_inconnu', 'demande_invalide', 'curseur_invalide', 'compteurs_indisponibles'],
  })
  async journal(
    @Param('produit') produit: string,
    @FromQuery(PageDeCompteurs) { apres, limite }: ListQuery,
    @Req() request: Request,
    @Res() reply: Reply,
  ): Promise<void> {
    // Of this product at this instance: another's journal has other movements, and this place means nothing there.
    const [de, ici, debut] = readCursor(apres, ['string', 'string', 'string']) ?? [produit, this.replica.id];
    if (de !== produit || ici !== this.replica.id) throw new Problem('curseur_invalide');
    const before = debut === undefined ? undefined : `${debut}_${this.replica.id}`;
    const movements = await this.movements(produit, before, limite + 1);
    sendPage(
      request,
      reply,
      movements,
      limite,
      ({ id }) => [produit, this.replica.id, id.slice(0, -this.replica.id.length - 1)],
      (movement) => ligneDe(movement, this.replica.products.get(produit)),
    );
  }

  private async movements(produit: string, before: string | undefined, limit: number): Promise<Movement[]> {
    if (this.replica.state === 'open') {
      if (!this.replica.products.has(produit)) throw new Problem('produit_inconnu');
      const found = await this.replica.movements(produit, before, limit).catch(() => undefined);
      if (found !== undefined) return found;
    }
    throw new Problem('compteurs_indisponibles', { etat: 'not_executed' });
  }

  private async changer(
    product: string,
    by: bigint,
    { envelope, query }: Demande<unknown, { readonly ecriture: Niveau }>,
    reply: Reply,
  ): Promise<void> {
    withoutVersion(envelope);
    const { slot, version, ...answered } = await this.replica.perform(envelope, { type: 'change', product, by });
    const outcome = montrer(answered.outcome, this.replica.products.get(product));
    if (outcome.is !== 'done' || (await this.niveaux.atteint(query.ecriture, { slot, version }, envelope.deadline)))
      return this.answer(reply, product, outcome);
    if (outcome.replayed) void reply.header('idempotent-replayed', 'true');
    // In a problem document `instance` is the demande's (RFC 9457).
    const { instance: replique, ...compte } = outcome.answer;
    sendProblem(reply.request, reply, 'ecriture_incomplete', { ...compte, replique, etat: 'locale' });
  }

  private answer(reply: Reply, produit: string, outcome: Answered['outcome']): void {
    const shown = montrer(outcome, this.replica.products.get(produit));
    if (shown.is === 'done') sendDone(reply, shown, 200, shown.answer, undefined);
    else sendNotDone(reply.request, reply, shown, WORDS);
  }
}

/** A condition that cannot be checked is refused, not passed over. */
function withoutVersion({ expectedVersion }: Envelope): void {
  if (expectedVersion !== undefined) throw new InvalidDemande([NO_VERSION]);
}

const NO_VERSION = {
  champ: 'If-Match',
  probleme: { fr: 'ne s’emploie pas ici : un compteur n’a pas de version', en: 'is of no use here: a counter has no version' },
};
const NEGATIVE = {
  champ: 'valeur',
  probleme: { fr: 'doit être au moins 0 : ce compteur est borné', en: 'must be at least 0: this counter is bounded' },
};
