import { Controller, Get, Post, Res } from '@nestjs/common';
import { FromCsv, TakesCsv } from '../../http/csv-body.js';
import { CSV_TYPE, FichierCsv, sendTable } from '../../http/csv-export.js';
import { answerImport, FILE_REFUSALS, MODE } from '../../http/csv-import.js';
import type { CsvRefusal } from '../../http/csv.refus.js';
import type { Demande } from '../../http/demande.js';
import { Tags } from '../../http/documentation.js';
import type { Reply } from '../../http/door.js';
import { Operation } from '../../http/operation.js';
import { Machine } from '../../runtime/machine.js';
import { COLONNES_MEMBRES, FICHIER_MEMBRES, ImportDeMembres } from './membres.csv.formes.js';
import { FichiersDeMembres } from './membres.csv.ecriture.js';
import { LectureDesMembres } from './membres.lecture.js';
import type { MembreRow } from './membres.tables.js';

/** Members read from one query. */
const PAGE = 500;

/** Members as files, for spreadsheets. */
@Tags('Membres')
@Controller('membres')
export class MembresCsvHttp {
  constructor(
    private readonly lecture: LectureDesMembres,
    private readonly fichiers: FichiersDeMembres,
    private readonly machine: Machine,
  ) {}

  @Get('export')
  @Operation({
    summary: 'Exporter les membres',
    description: 'Un fichier CSV pour un tableur : une case qui serait prise pour une formule est précédée d’une apostrophe.',
    answers: FichierCsv,
    produces: CSV_TYPE,
  })
  exporter(@Res() reply: Reply): Promise<void> {
    const page = (after: MembreRow | undefined): Promise<MembreRow[]> => this.lecture.page(after?.id, PAGE);
    return sendTable(reply, 'membres.csv', COLONNES_MEMBRES, page, ({ id, nom, courriel, suspendu_jusqua: jusqua }) => [
      id,
      nom,
      courriel,
      jusqua === null ? null : new Date(jusqua).toISOString(),
    ]);
  }

  @Post('import')
  @TakesCsv(FICHIER_MEMBRES)
  @Operation<CsvRefusal>({
    summary: 'Importer des membres',
    description:
      'L’aperçu dit tout ce qui serait créé et tout ce qui est faux ; l’écriture n’a lieu que si rien ne l’est. Redemandée avec le même identifiant, elle reprend où elle s’était arrêtée.',
    answers: ImportDeMembres,
    refusals: FILE_REFUSALS,
  })
  importer(@FromCsv(MODE) demande: Demande, @Res() reply: Reply): Promise<void> {
    return answerImport(this.fichiers, demande, this.machine, reply);
  }
}
