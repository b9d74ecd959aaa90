import { Controller, Param, Post, Res } from '@nestjs/common';
import { type Demande, FromRequest } from '../../http/demande.js';
import { Tags } from '../../http/documentation.js';
import type { Reply } from '../../http/door.js';
import { Operation } from '../../http/operation.js';
import type { MembreId } from '../membres/index.js';
import { answerSeance, DemandesDeSeance } from './reunions.ecriture.js';
import { Seance } from './reunions.formes.js';
import type { RefusReunions } from './reunions.refus.js';

const OFFRE = ['seance_inconnue', 'seance_injoignable', 'en_quarantaine', 'membre_inconnu', 'offre_inconnue', 'offre_expiree'] as const;

/** What a member may answer to the place that a séance keeps for them. */
@Tags('Séances')
@Controller('seances/:id/offres/:membreId')
export class OffresHttp {
  constructor(private readonly seances: DemandesDeSeance) {}

  @Post('acceptation')
  @Operation<RefusReunions>({ summary: 'Accepter la place offerte', answers: Seance, refusals: OFFRE })
  async accepter(
    @Param('id') id: string,
    @Param('membreId') membreId: MembreId,
    @FromRequest() { envelope }: Demande,
    @Res() reply: Reply,
  ): Promise<void> {
    answerSeance(reply, await this.seances.askAbout(membreId, id, { type: 'accepterOffre', membreId }, envelope));
  }

  @Post('declin')
  @Operation<RefusReunions>({
    summary: 'Décliner la place offerte',
    description: 'Elle est offerte au suivant ; pour l’attendre de nouveau, on se réinscrit, en queue.',
    answers: Seance,
    refusals: OFFRE,
  })
  async decliner(
    @Param('id') id: string,
    @Param('membreId') membreId: MembreId,
    @FromRequest() { envelope }: Demande,
    @Res() reply: Reply,
  ): Promise<void> {
    answerSeance(reply, await this.seances.askAbout(membreId, id, { type: 'declinerOffre', membreId }, envelope));
  }
}
