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
import { FichiersDOuvrages } from './ouvrages.csv.ecriture.js';
import { COLONNES_OUVRAGES, FICHIER_OUVRAGES, ImportDOuvrages } from './ouvrages.csv.formes.js';
import { LectureDesFichiers, type LigneExportee } from './ouvrages.csv.lecture.js';

/** Titles read from one query. */
const PAGE = 500;

/** Titles as files, for spreadsheets. */
@Tags('Ouvrages')
@Controller('ouvrages')
export class OuvragesCsvHttp {
  constructor(
    private readonly lecture: LectureDesFichiers,
    private readonly fichiers: FichiersDOuvrages,
    private readonly machine: Machine,
  ) {}

  @Get('export')
  @Operation({
    summary: 'Exporter les ouvrages',
    description: 'Un fichier CSV pour un tableur : une case qui serait prise pour une formule est précédée d’une apostrophe.',
    answers: FichierCsv,
    produces: CSV_TYPE,
  })
  exporter(@Res() reply: Reply): Promise<void> {
    const page = (after: LigneExportee | undefined): Promise<LigneExportee[]> => this.lecture.page(after?.id ?? '', PAGE);
    return sendTable(reply, 'ouvrages.csv', COLONNES_OUVRAGES, page, ({ id, titre, auteur, isbn, exemplaires }) => [
      id,
      titre,
      auteur,
      lisible(isbn),
      exemplaires,
    ]);
  }

  @Post('import')
  @TakesCsv(FICHIER_OUVRAGES)
  @Operation<CsvRefusal>({
    summary: 'Importer des ouvrages',
    description:
      'L’aperçu dit tout ce qui serait créé et tout ce qui est faux ; l’écriture n’a lieu que si rien ne l’est. Redemandée avec le même identifiant, elle reprend où elle s’était arrêtée.',
    answers: ImportDOuvrages,
    refusals: FILE_REFUSALS,
  })
  importer(@FromCsv(MODE) demande: Demande, @Res() reply: Reply): Promise<void> {
    return answerImport(this.fichiers, demande, this.machine, reply);
  }
}

/** Thirteen digits alone are a number for a spreadsheet, which rounds it: the dash makes it a text. */
function lisible(isbn: string | null): string | null {
  return isbn === null ? null : `${isbn.slice(0, 3)}-${isbn.slice(3)}`;
}
