import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { Tags } from '../../http/documentation.js';
import { sendResource } from '../../http/answer.js';
import { FromQuery, type ListQuery, readCursor, sendPage } from '../../http/cursor.js';
import type { Reply, Request } from '../../http/door.js';
import { mayExist } from '../../http/fields.js';
import { PageDeFaits, type ReadFacts, sendHistory } from '../../http/history.js';
import { Operation } from '../../http/operation.js';
import { Problem } from '../../http/problem.js';
import { isUnreachable } from '../../http/unreachable.js';
import { Machine } from '../../runtime/machine.js';
import { raisonDAttendre, type RessourceSeance } from './reponses.js';
import { DemandesDeSeance } from './reunions.ecriture.js';
import { ListeDeFaits, ListeDInscriptions, ListeDeSeances, PageDeSeances, PageDInscriptions, Seance } from './reunions.formes.js';
import { dansLeFuseau, type Entree, LectureDesSeances, montrer, type PlaceDansLAgenda, type PlaceDansLaListe } from './reunions.lecture.js';
import type { RefusReunions } from './reunions.refus.js';
import { iso } from './temps.js';

const LISTE = ['demande_invalide', 'curseur_invalide'] as const;

/** What may be read of the séances: from the tables, never from the living ones, unless the database is out of reach. */
@Tags('Séances')
@Controller('seances')
export class ReunionsLectureHttp {
  constructor(
    private readonly lecture: LectureDesSeances,
    private readonly seances: DemandesDeSeance,
    private readonly machine: Machine,
  ) {}

  @Get()
  @Operation({
    summary: 'Lister les séances',
    description: 'Celles à venir, par date ; puis les passées, la dernière d’abord.',
    answers: ListeDeSeances,
    refusals: LISTE,
  })
  async lister(
    @FromQuery(PageDeSeances) query: ListQuery & { statut?: string },
    @Req() request: Request,
    @Res() reply: Reply,
  ): Promise<void> {
    const now = this.machine.clock.now();
    const cursor = readCursor(query.apres, ['number', 'number', 'number', 'string']) as PlaceDansLAgenda | undefined;
    const place: PlaceDansLAgenda = cursor ?? [now, 0, now, ''];
    const rows = await this.lecture.agenda(query.statut, place, query.limite + 1);
    const keys = ({ id, debut }: RessourceSeance): PlaceDansLAgenda => {
      const debutMs = Date.parse(debut);
      return [place[0], debutMs < place[0] ? 1 : 0, debutMs, id];
    };
    sendPage(request, reply, rows, query.limite, keys, (row) => row);
  }

  @Get(':id')
  @Operation<RefusReunions>({
    summary: 'Lire une séance',
    answers: Seance,
    versioned: true,
    refusals: ['seance_inconnue', 'seance_injoignable'],
  })
  async lire(@Param('id') id: string, @Req() request: Request, @Res() reply: Reply): Promise<void> {
    const row = mayExist(id) ? await this.uneOuPerimee(id, reply) : null;
    if (row === undefined) return;
    if (row === null) throw new Problem('seance_inconnue');
    sendResource(request, reply, row, row.version);
  }

  @Get(':id/inscriptions')
  @Operation<RefusReunions>({
    summary: 'Lister les inscriptions vivantes',
    answers: ListeDInscriptions,
    refusals: [...LISTE, 'seance_inconnue'],
  })
  async inscriptions(
    @Param('id') id: string,
    @FromQuery(PageDInscriptions) { apres, limite, statut, membreId }: ListQuery & { statut?: string; membreId?: string },
    @Req() request: Request,
    @Res() reply: Reply,
  ): Promise<void> {
    const place = (readCursor(apres, ['number', 'number']) as PlaceDansLaListe | undefined) ?? [0, 0];
    const nobody = !mayExist(id) || (membreId !== undefined && !mayExist(membreId));
    const rows = nobody ? [] : await this.lecture.inscriptions(id, { statut, membreId }, place, limite + 1);
    const seance = mayExist(id) ? await this.lecture.une(id) : null;
    if (seance === null) throw new Problem('seance_inconnue');
    const attente = rows.some((row) => row.statut === 'en_attente') ? await this.raison(seance) : {};
    sendPage(
      request,
      reply,
      rows,
      limite,
      (row) => row.place,
      (row) => montrerEntree(row, seance, attente),
    );
  }

  /** Why those who wait do: said once, shown with each of them. */
  private async raison(seance: RessourceSeance): Promise<object> {
    const raison = raisonDAttendre(seance, this.machine.clock.now());
    const jusqua = raison === 'offre_en_cours' ? await this.lecture.prochaineReponse(seance.id) : null;
    return { raison, ...(jusqua !== null && { jusqua: dansLeFuseau(iso(jusqua), seance.fuseau) }) };
  }

  @Get(':id/faits')
  @Operation<RefusReunions>({ summary: 'Lire l’histoire d’une séance', answers: ListeDeFaits, refusals: [...LISTE, 'seance_inconnue'] })
  async faits(
    @Param('id') id: string,
    @FromQuery(PageDeFaits) query: ListQuery,
    @Req() request: Request,
    @Res() reply: Reply,
  ): Promise<void> {
    const { storage } = this.machine;
    const read: ReadFacts = (...range) => storage.facts(...range);
    if (!(await sendHistory(read, { stream: id, kind: 'seance' }, query, request, reply))) throw new Problem('seance_inconnue');
  }

  /** The committed row; undefined when it could not be asked and the last view seen here was sent instead. */
  private async uneOuPerimee(id: string, reply: Reply): Promise<RessourceSeance | null | undefined> {
    try {
      return await this.lecture.une(id);
    } catch (error) {
      if (!isUnreachable(error)) throw error;
      const seen = this.seances.lastSeen(id);
      if (seen === undefined) throw new Problem('seance_injoignable', undefined, 1000);
      void reply.header('cache-control', 'no-store').send({ ...montrer(seen.view as RessourceSeance), perime: true });
      return undefined;
    }
  }
}

function montrerEntree({ membreId, statut, rang, position, expireMs }: Entree, { fuseau }: RessourceSeance, attente: object): unknown {
  if (statut === 'en_attente') return { membreId, statut, rang, position, ...attente };
  return { membreId, statut, ...(expireMs !== undefined && { expireLe: dansLeFuseau(iso(expireMs), fuseau) }) };
}
