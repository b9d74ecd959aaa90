import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import type { z } from 'zod';
import { sendDone, sendNotDone, sendResource, type Words } from '../../http/answer.js';
import { Chapter } from '../../http/chapter.js';
import { FromQuery, readCursor, sendPage } from '../../http/cursor.js';
import { type Demande, type DemandeOf, FromRequest } from '../../http/demande.js';
import type { Reply, Request } from '../../http/door.js';
import { mayExist } from '../../http/fields.js';
import { Operation } from '../../http/operation.js';
import { Problem } from '../../http/problem.js';
import type { Outcome } from '../../runtime/aggregate/outcome.js';
import type { Refus } from './paiement.js';
import { EcritureDesPaiements } from './paiements.ecriture.js';
import { Encaissement, type FichePaiement, ListeDePaiements, PageDePaiements, Paiement } from './paiements.formes.js';
import { ficheDe, LectureDesPaiements } from './paiements.lecture.js';

const WORDS: Words = { missing: 'paiement_inconnu', unreachable: 'base_indisponible' };

/** Payments: born from inscriptions, cashed and refunded here. */
@Chapter('Paiements', { rank: 30, about: 'Un au plus par inscription, né d’elle ; il s’encaisse et se rembourse.' })
@Controller('paiements')
export class PaiementsHttp {
  constructor(
    private readonly lecture: LectureDesPaiements,
    private readonly ecriture: EcritureDesPaiements,
  ) {}

  @Get()
  @Operation({ summary: 'Lister les paiements', answers: ListeDePaiements, refusals: ['demande_invalide', 'curseur_invalide'] })
  async lister(
    @FromQuery(PageDePaiements) { apres, limite, statut, membreId }: z.output<typeof PageDePaiements>,
    @Req() request: Request,
    @Res() reply: Reply,
  ): Promise<void> {
    const [apresId = ''] = readCursor(apres, ['string']) ?? [];
    const filtre = { ...(statut === undefined ? undefined : { statut }), ...(membreId === undefined ? undefined : { membreId }) };
    const nobody = membreId !== undefined && !mayExist(membreId);
    const rows = nobody ? [] : await this.lecture.page(filtre, String(apresId), limite + 1);
    sendPage(request, reply, rows, limite, (row) => [row.id], ficheDe);
  }

  @Get(':id')
  @Operation<Refus>({ summary: 'Lire un paiement', answers: Paiement, versioned: true, refusals: ['paiement_inconnu'] })
  async lire(@Param('id') id: string, @Req() request: Request, @Res() reply: Reply): Promise<void> {
    const row = mayExist(id) ? await this.lecture.un(id) : null;
    if (row === null) throw new Problem('paiement_inconnu');
    const fiche = ficheDe(row);
    sendResource(request, reply, fiche, fiche.version);
  }

  @Post(':id/encaissement')
  @Operation<Refus>({
    summary: 'Encaisser un paiement dû',
    answers: Paiement,
    refusals: ['paiement_inconnu', 'deja_encaisse', 'montant_incorrect', 'paiement_annule'],
  })
  async encaisser(
    @Param('id') id: string,
    @FromRequest(Encaissement) { envelope, body }: DemandeOf<typeof Encaissement>,
    @Res() reply: Reply,
  ): Promise<void> {
    answer(reply, mayExist(id) ? await this.ecriture.encaisser(envelope, id, body.montantCentimes) : { is: 'missing' });
  }

  @Post(':id/remboursement')
  @Operation<Refus>({
    summary: 'Rembourser un paiement',
    description: 'Ce qui avait été encaissé pour une inscription qui n’est plus là.',
    answers: Paiement,
    refusals: ['paiement_inconnu', 'remboursement_non_du'],
  })
  async rembourser(@Param('id') id: string, @FromRequest() { envelope }: Demande, @Res() reply: Reply): Promise<void> {
    answer(reply, mayExist(id) ? await this.ecriture.rembourser(envelope, id) : { is: 'missing' });
  }
}

function answer(reply: Reply, outcome: Outcome<FichePaiement>): void {
  if (outcome.is === 'done') sendDone(reply, outcome, 200, outcome.answer, outcome.answer.version);
  else sendNotDone(reply.request, reply, outcome, WORDS);
}
