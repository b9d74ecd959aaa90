import { Controller, Get, Put, Req, Res } from '@nestjs/common';
import { sendDone, sendNotDone, sendResource, type Words } from '../../http/answer.js';
import { Chapter } from '../../http/chapter.js';
import { type DemandeOf, FromRequest } from '../../http/demande.js';
import type { Reply, Request } from '../../http/door.js';
import { Operation } from '../../http/operation.js';
import type { Outcome } from '../../runtime/aggregate/outcome.js';
import { EcritureDuReglement } from './reglement.ecriture.js';
import { Calendrier, NouveauCalendrier, NouveauReglement, Reglement } from './reglement.formes.js';
import { ReglesDuClub } from './reglement.lecture.js';

/** Neither is ever missing. */
const WORDS: Words = { missing: 'erreur_interne', unreachable: 'base_indisponible' };
const POUR_LA_SUITE = 'Remplacé tout entier. Les prêts en cours gardent leur échéance.';

/** What the club has decided for its loans, and the days on which it is closed. */
@Chapter('Règlement', { rank: 27, about: 'Ce que le club a décidé pour ses prêts, et les jours où il est fermé.' })
@Controller()
export class ReglementHttp {
  constructor(
    private readonly regles: ReglesDuClub,
    private readonly ecriture: EcritureDuReglement,
  ) {}

  @Get('reglement')
  @Operation({ summary: 'Lire le règlement des prêts', answers: Reglement, versioned: true })
  async lireReglement(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const fiche = await this.regles.reglement();
    sendResource(request, reply, fiche, fiche.version);
  }

  @Put('reglement')
  @Operation({ summary: 'Changer le règlement des prêts', description: POUR_LA_SUITE, answers: Reglement })
  async changerReglement(
    @FromRequest(NouveauReglement) { envelope, body }: DemandeOf<typeof NouveauReglement>,
    @Res() reply: Reply,
  ): Promise<void> {
    answer(reply, await this.ecriture.reglement(envelope, body));
  }

  @Get('calendrier')
  @Operation({ summary: 'Lire le calendrier', answers: Calendrier, versioned: true })
  async lireCalendrier(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const fiche = await this.regles.calendrier();
    sendResource(request, reply, fiche, fiche.version);
  }

  @Put('calendrier')
  @Operation({ summary: 'Changer le calendrier', description: POUR_LA_SUITE, answers: Calendrier })
  async changerCalendrier(
    @FromRequest(NouveauCalendrier) { envelope, body }: DemandeOf<typeof NouveauCalendrier>,
    @Res() reply: Reply,
  ): Promise<void> {
    answer(reply, await this.ecriture.calendrier(envelope, body));
  }
}

function answer(reply: Reply, outcome: Outcome<{ readonly version: number }>): void {
  if (outcome.is === 'done') sendDone(reply, outcome, 200, outcome.answer, outcome.answer.version);
  else sendNotDone(reply.request, reply, outcome, WORDS);
}
