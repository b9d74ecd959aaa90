import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { sendResource } from '../../http/answer.js';
import { FromQuery, type ListQuery, readCursor, sendPage } from '../../http/cursor.js';
import { Tags } from '../../http/documentation.js';
import type { Reply, Request } from '../../http/door.js';
import { PageDeFaits, type ReadFacts, sendHistory } from '../../http/history.js';
import { Operation } from '../../http/operation.js';
import { Problem } from '../../http/problem.js';
import { isUnreachable } from '../../http/unreachable.js';
import { Machine } from '../../runtime/machine.js';
import type { RessourceOuvrage } from './mots.js';
import { ListeDOuvrages, Ouvrage, PageDOuvrages } from './ouvrages.formes.js';
import { LectureDesOuvrages, montrerOuvrage } from './ouvrages.lecture.js';
import { DemandesDePret } from './prets.ecriture.js';
import { Histoire } from './prets.formes.js';
import type { RefusPrets } from './prets.refus.js';

const LISTE = ['demande_invalide', 'curseur_invalide'] as const;

/** What may be read of the titles: from the tables, never from the living ones, unless the database is out of reach. */
@Tags('Ouvrages')
@Controller('ouvrages')
export class OuvragesLectureHttp {
  constructor(
    private readonly lecture: LectureDesOuvrages,
    private readonly demandes: DemandesDePret,
    private readonly machine: Machine,
  ) {}

  @Get()
  @Operation({ summary: 'Lister les ouvrages', answers: ListeDOuvrages, refusals: LISTE })
  async lister(@FromQuery(PageDOuvrages) { apres, limite }: ListQuery, @Req() request: Request, @Res() reply: Reply): Promise<void> {
    const [apresId = ''] = readCursor(apres, ['string']) ?? [];
    const rows = await this.lecture.page(String(apresId), limite + 1);
    const montrer = (row: RessourceOuvrage): RessourceOuvrage => montrerOuvrage(row, this.demandes.fuseau);
    sendPage(request, reply, rows, limite, (row) => [row.id], montrer);
  }

  @Get(':id')
  @Operation<RefusPrets>({ summary: 'Lire un ouvrage', answers: Ouvrage, versioned: true, refusals: ['ouvrage_inconnu'] })
  async lire(@Param('id') id: string, @Req() request: Request, @Res() reply: Reply): Promise<void> {
    const ouvrage = await this.unOuPerime(id, reply);
    if (ouvrage === undefined) return;
    if (ouvrage === null) throw new Problem('ouvrage_inconnu');
    sendResource(request, reply, montrerOuvrage(ouvrage, this.demandes.fuseau), ouvrage.version);
  }

  @Get(':id/faits')
  @Operation<RefusPrets>({ summary: 'Lire l’histoire d’un ouvrage', answers: Histoire, refusals: [...LISTE, 'ouvrage_inconnu'] })
  async faits(
    @Param('id') id: string,
    @FromQuery(PageDeFaits) query: ListQuery,
    @Req() request: Request,
    @Res() reply: Reply,
  ): Promise<void> {
    const { storage } = this.machine;
    const read: ReadFacts = (...range) => storage.facts(...range);
    if (!(await sendHistory(read, { stream: id, kind: 'ouvrage' }, query, request, reply))) throw new Problem('ouvrage_inconnu');
  }

  /** As committed; undefined when it could not be asked and the last view seen here was sent instead. */
  private async unOuPerime(id: string, reply: Reply): Promise<RessourceOuvrage | null | undefined> {
    try {
      return await this.lecture.un(id);
    } catch (error) {
      const seen = isUnreachable(error) ? this.demandes.lastSeen(id) : undefined;
      if (seen === undefined) throw error;
      const vue = montrerOuvrage(seen.view as RessourceOuvrage, this.demandes.fuseau);
      void reply.header('cache-control', 'no-store').send({ ...vue, perime: true });
      return undefined;
    }
  }
}
