import { Controller, Delete, Get, Param, Patch, Post, Req, Res } from '@nestjs/common';
import { sendDone, sendNotDone, sendResource, type Words } from '../../http/answer.js';
import { Chapter } from '../../http/chapter.js';
import { FromQuery, type ListQuery, readCursor, sendPage } from '../../http/cursor.js';
import { type Demande, type DemandeOf, FromRequest } from '../../http/demande.js';
import type { Reply, Request } from '../../http/door.js';
import { mayExist } from '../../http/fields.js';
import { Operation } from '../../http/operation.js';
import { Problem } from '../../http/problem.js';
import type { Outcome } from '../../runtime/aggregate/outcome.js';
import { EcritureDesMembres, type Trace } from './membres.ecriture.js';
import { ListeDeMembres, Membre, MembreModifie, NouveauMembre, PageDeMembres } from './membres.formes.js';
import { ficheDe, LectureDesMembres } from './membres.lecture.js';
import type { RefusEffacement, RefusMembre } from './membres.refus.js';

const WORDS: Words = { missing: 'membre_inconnu', unreachable: 'base_indisponible' };

@Chapter('Membres', { rank: 20, about: 'Les personnes. Tout ce qui est personnel est ici, et s’efface ici.' })
@Controller('membres')
export class MembresHttp {
  constructor(
    private readonly lecture: LectureDesMembres,
    private readonly ecriture: EcritureDesMembres,
  ) {}

  @Post()
  @Operation({ summary: 'Accueillir un membre', status: 201, answers: Membre })
  async accueillir(@FromRequest(NouveauMembre) demande: DemandeOf<typeof NouveauMembre>, @Res() reply: Reply): Promise<void> {
    await this.answer(reply, await this.ecriture.accueillir(demande.envelope, demande.body), 201);
  }

  @Get()
  @Operation({ summary: 'Lister les membres', answers: ListeDeMembres, refusals: ['demande_invalide', 'curseur_invalide'] })
  async lister(@FromQuery(PageDeMembres) { apres, limite }: ListQuery, @Req() request: Request, @Res() reply: Reply): Promise<void> {
    const [apresId] = readCursor(apres, ['string']) ?? [];
    const rows = await this.lecture.page(apresId as string | undefined, limite + 1);
    sendPage(request, reply, rows, limite, (row) => [row.id], ficheDe);
  }

  @Get(':id')
  @Operation<RefusMembre>({ summary: 'Lire un membre', answers: Membre, versioned: true, refusals: ['membre_inconnu'] })
  async lire(@Param('id') id: string, @Req() request: Request, @Res() reply: Reply): Promise<void> {
    const row = mayExist(id) ? await this.lecture.un(id) : null;
    if (row === null || row.efface_le !== null) throw new Problem('membre_inconnu');
    sendResource(request, reply, ficheDe(row), row.version);
  }

  @Patch(':id')
  @Operation<RefusMembre>({ summary: 'Modifier un membre', answers: Membre, refusals: ['membre_inconnu'] })
  async modifier(
    @Param('id') id: string,
    @FromRequest(MembreModifie) demande: DemandeOf<typeof MembreModifie>,
    @Res() reply: Reply,
  ): Promise<void> {
    await this.answer(reply, mayExist(id) ? await this.ecriture.modifier(demande.envelope, id, demande.body) : { is: 'missing' }, 200);
  }

  @Delete(':id')
  @Operation<RefusMembre | RefusEffacement>({
    summary: 'Effacer un membre',
    description: 'Vide tout ce qui est personnel. Ses places, ses attentes et ses réservations se libèrent ensuite.',
    answers: Membre,
    refusals: ['membre_inconnu', 'prets_en_cours'],
  })
  async effacer(@Param('id') id: string, @FromRequest() demande: Demande, @Res() reply: Reply): Promise<void> {
    await this.answer(reply, mayExist(id) ? await this.ecriture.effacer(demande.envelope, id) : { is: 'missing' }, 200);
  }

  /** The demande remembers ids only, so what is shown is read again: a replay shows the member as it is today. */
  private async answer(reply: Reply, outcome: Outcome<Trace>, status: 200 | 201): Promise<void> {
    if (outcome.is !== 'done') return sendNotDone(reply.request, reply, outcome, WORDS);
    const row = await this.lecture.un(outcome.answer.id);
    if (row === null) throw new Problem('membre_inconnu');
    sendDone(reply, outcome, status, ficheDe(row), row.version, status === 201 ? `/api/v1/membres/${row.id}` : undefined);
  }
}
