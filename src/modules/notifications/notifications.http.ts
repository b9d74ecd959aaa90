import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import type { z } from 'zod';
import { sendDone, sendNotDone, type Words } from '../../http/answer.js';
import { Chapter } from '../../http/chapter.js';
import { FromQuery, readCursor, sendPage } from '../../http/cursor.js';
import { type Demande, FromRequest } from '../../http/demande.js';
import type { Reply, Request } from '../../http/door.js';
import { mayExist } from '../../http/fields.js';
import { languageOf } from '../../http/language.js';
import { Operation } from '../../http/operation.js';
import { Problem } from '../../http/problem.js';
import type { Outcome } from '../../runtime/aggregate/outcome.js';
import type { Refus } from './avis.js';
import { EcritureDesNotifications, type Trace } from './notifications.ecriture.js';
import { ListeDeNotifications, NotificationLue, PageDeNotifications } from './notifications.formes.js';
import { LectureDesNotifications } from './notifications.lecture.js';

const WORDS: Words = { missing: 'notification_inconnue', unreachable: 'base_indisponible' };

/** Notices: one per fact and member, sent by mail or, without a mail server, shown here as the proof. Those of late loans travel in a digest. */
@Chapter('Notifications', {
  rank: 40,
  about: 'Les avis aux membres : un au plus par fait, envoyé par courriel ou, sans serveur de courrier, montré ici.',
})
@Controller('notifications')
export class NotificationsHttp {
  constructor(
    private readonly lecture: LectureDesNotifications,
    private readonly ecriture: EcritureDesNotifications,
  ) {}

  @Get()
  @Operation({ summary: 'Lister les avis', answers: ListeDeNotifications, refusals: ['demande_invalide', 'curseur_invalide'] })
  async lister(
    @FromQuery(PageDeNotifications) { apres, limite, ...filtre }: z.output<typeof PageDeNotifications>,
    @Req() request: Request,
    @Res() reply: Reply,
  ): Promise<void> {
    const [apresId] = readCursor(apres, ['string']) ?? [];
    const nobody = [filtre.membreId, filtre.recapitulatifId].some((id) => id !== undefined && !mayExist(id));
    const from = apresId === undefined ? undefined : String(apresId);
    const rows = nobody ? [] : await this.lecture.page(filtre, from, limite + 1, languageOf(request.headers['accept-language']));
    sendPage(
      request,
      reply,
      rows,
      limite,
      (row) => [row.id],
      (row) => row,
    );
  }

  @Get(':id')
  @Operation<Refus>({
    summary: 'Lire un avis',
    description: 'Avec son texte, écrit à l’instant : la ligne ne garde ni nom ni texte.',
    answers: NotificationLue,
    refusals: ['notification_inconnue'],
  })
  async lire(@Param('id') id: string, @Req() request: Request, @Res() reply: Reply): Promise<void> {
    const row = mayExist(id) ? await this.lecture.un(id) : null;
    if (row === null) throw new Problem('notification_inconnue');
    void reply.header('cache-control', 'no-cache').send(await this.lecture.apercu(row, languageOf(request.headers['accept-language'])));
  }

  @Post(':id/renvoi')
  @Operation<Refus>({
    summary: 'Renvoyer un avis',
    description:
      'Un avis mort, abandonné, sans adresse ou en attente d’un nouvel essai part tout de suite. Un rappel ou une relance entre dans le prochain récapitulatif : il n’en part jamais deux le même jour.',
    answers: NotificationLue,
    refusals: ['notification_inconnue', 'renvoi_inutile'],
  })
  async renvoyer(@Param('id') id: string, @FromRequest() { envelope }: Demande, @Res() reply: Reply): Promise<void> {
    await this.answer(reply, mayExist(id) ? await this.ecriture.renvoyer(envelope, id) : { is: 'missing' });
  }

  @Post(':id/abandon')
  @Operation<Refus>({
    summary: 'Abandonner un avis',
    description: 'Il ne partira plus, sauf renvoi.',
    answers: NotificationLue,
    refusals: ['notification_inconnue', 'abandon_inutile'],
  })
  async abandonner(@Param('id') id: string, @FromRequest() { envelope }: Demande, @Res() reply: Reply): Promise<void> {
    await this.answer(reply, mayExist(id) ? await this.ecriture.abandonner(envelope, id) : { is: 'missing' });
  }

  /** The demande remembers the id only, so what is shown is read again. */
  private async answer(reply: Reply, outcome: Outcome<Trace>): Promise<void> {
    if (outcome.is !== 'done') return sendNotDone(reply.request, reply, outcome, WORDS);
    const row = await this.lecture.un(outcome.answer.id);
    if (row === null) throw new Problem('notification_inconnue');
    sendDone(reply, outcome, 200, await this.lecture.apercu(row, languageOf(reply.request.headers['accept-language'])), undefined);
  }
}
