import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { z } from 'zod';
import { sendResource } from '../../http/answer.js';
import { FromQuery, type ListQuery, readCursor, sendPage } from '../../http/cursor.js';
import { Tags } from '../../http/documentation.js';
import type { Reply, Request } from '../../http/door.js';
import { mayExist } from '../../http/fields.js';
import { PageDeFaits, type ReadFacts, sendHistory } from '../../http/history.js';
import { Operation } from '../../http/operation.js';
import { Problem } from '../../http/problem.js';
import { Machine } from '../../runtime/machine.js';
import { DemandesDePret } from './prets.ecriture.js';
import { Histoire, ListeDePrets, PageDePrets, Pret } from './prets.formes.js';
import { LectureDesPrets, montrerPret, type PlaceDansLesPrets, ressourceDe } from './prets.lecture.js';
import type { RefusPrets } from './prets.refus.js';
import type { PretRow } from './prets.tables.js';

const LISTE = ['demande_invalide', 'curseur_invalide'] as const;

/** What may be read of the loans: from the tables, never from the living ones. */
@Tags('Prêts')
@Controller('prets')
export class PretsLectureHttp {
  constructor(
    private readonly lecture: LectureDesPrets,
    private readonly demandes: DemandesDePret,
    private readonly machine: Machine,
  ) {}

  @Get()
  @Operation({
    summary: 'Lister les prêts',
    description: 'Ceux en cours, par échéance : les plus en retard d’abord ; puis les clos.',
    answers: ListeDePrets,
    refusals: LISTE,
  })
  async lister(@FromQuery(PageDePrets) query: z.output<typeof PageDePrets>, @Req() request: Request, @Res() reply: Reply): Promise<void> {
    const place = readCursor(query.apres, ['number', 'number', 'string']) as PlaceDansLesPrets | undefined;
    const nothing = [query.membreId, query.ouvrageId].some((id) => id !== undefined && !mayExist(id));
    const rows = nothing ? [] : await this.lecture.page(query, place, query.limite + 1);
    const keys = (row: PretRow): PlaceDansLesPrets => [row.statut === 'en_cours' ? 0 : 1, row.echeance, row.id];
    sendPage(request, reply, rows, query.limite, keys, (row) => this.montrer(row));
  }

  @Get(':id')
  @Operation<RefusPrets>({ summary: 'Lire un prêt', answers: Pret, versioned: true, refusals: ['pret_inconnu'] })
  async lire(@Param('id') id: string, @Req() request: Request, @Res() reply: Reply): Promise<void> {
    const row = await this.lecture.un(id);
    if (row === null) throw new Problem('pret_inconnu');
    sendResource(request, reply, this.montrer(row), row.version);
  }

  @Get(':id/faits')
  @Operation<RefusPrets>({ summary: 'Lire l’histoire d’un prêt', answers: Histoire, refusals: [...LISTE, 'pret_inconnu'] })
  async faits(
    @Param('id') id: string,
    @FromQuery(PageDeFaits) query: ListQuery,
    @Req() request: Request,
    @Res() reply: Reply,
  ): Promise<void> {
    const { storage } = this.machine;
    const read: ReadFacts = (...range) => storage.facts(...range);
    if (!(await sendHistory(read, { stream: id, kind: 'pret' }, query, request, reply))) throw new Problem('pret_inconnu');
  }

  private montrer(row: PretRow): unknown {
    return montrerPret(ressourceDe(row), this.demandes.fuseau);
  }
}
