import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { sendFile } from '../../http/answer.js';
import { Tags } from '../../http/documentation.js';
import type { Reply, Request } from '../../http/door.js';
import { mayExist } from '../../http/fields.js';
import { Operation } from '../../http/operation.js';
import { Problem } from '../../http/problem.js';
import { Calendrier } from './agenda-ics.formes.js';
import { LectureDuCalendrier, type Calendrier as Ecrit } from './agenda-ics.lecture.js';
import type { RefusReunions } from './reunions.refus.js';

const ICS = 'text/calendar';

/** The agenda for the calendars of telephones and computers. Nobody is named in it. */
@Tags('Séances')
@Controller()
export class AgendaIcsHttp {
  constructor(private readonly lecture: LectureDuCalendrier) {}

  @Get('agenda.ics')
  @Operation({
    summary: 'S’abonner à l’agenda',
    description:
      'Toutes les séances des trente derniers jours et à venir, les annulées aussi, pour qu’elles disparaissent des calendriers.',
    answers: Calendrier,
    produces: ICS,
    versioned: true,
  })
  async agenda(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    await envoyer(request, reply, await this.lecture.agenda(), 'agenda.ics');
  }

  @Get('seances/:id/agenda.ics')
  @Operation<RefusReunions>({
    summary: 'Ajouter une séance à un calendrier',
    answers: Calendrier,
    produces: ICS,
    versioned: true,
    refusals: ['seance_inconnue'],
  })
  async une(@Param('id') id: string, @Req() request: Request, @Res() reply: Reply): Promise<void> {
    const calendrier = mayExist(id) ? await this.lecture.une(id) : null;
    if (calendrier === null) throw new Problem('seance_inconnue');
    await envoyer(request, reply, calendrier, `${id}.ics`);
  }
}

function envoyer(request: Request, reply: Reply, { versions, ecrire }: Ecrit, nom: string): Promise<void> {
  return sendFile(request, reply, { of: versions, type: `${ICS}; charset=utf-8`, nom, write: ecrire });
}
