import { Injectable } from '@nestjs/common';
import { type Double, doublesOf, type Imported, keysOf } from '../../http/csv-import.js';
import type { Envelope, Outcome } from '../../runtime/aggregate/outcome.js';
import { newId } from '../../runtime/ids.js';
import { Machine } from '../../runtime/machine.js';
import { COLONNES_OUVRAGES, LigneDOuvrage } from './ouvrages.csv.formes.js';
import { LectureDesFichiers } from './ouvrages.csv.lecture.js';
import { DemandesDePret } from './prets.ecriture.js';

/** Titles that come in a file: each line becomes one title with its copies, asked as anybody asks. */
@Injectable()
export class FichiersDOuvrages implements Imported<LigneDOuvrage> {
  readonly scope = 'csv-ouvrages';
  readonly columns = COLONNES_OUVRAGES;
  readonly schema = LigneDOuvrage;
  readonly words = { missing: 'ouvrage_inconnu', unreachable: 'base_indisponible' } as const;

  constructor(
    private readonly lecture: LectureDesFichiers,
    private readonly demandes: DemandesDePret,
    private readonly machine: Machine,
  ) {}

  /** Lines whose ISBN is a title's already, or an earlier line's. */
  async doubles(lines: ReadonlyMap<number, LigneDOuvrage>): Promise<Map<number, Double[]>> {
    const isbns = keysOf(lines, ({ isbn }) => isbn);
    return doublesOf('isbn', isbns, await this.lecture.parIsbn([...new Set(isbns.values())]));
  }

  show(line: LigneDOuvrage): object {
    return line;
  }

  write({ titre, auteur, isbn, exemplaires }: LigneDOuvrage, envelope: Envelope): Promise<Outcome<unknown>> {
    const { clock } = this.machine;
    const copies = Array.from({ length: exemplaires }, () => newId(clock, 'exe'));
    const fiche = { titre, auteur: auteur ?? null, isbn: isbn ?? null };
    return this.demandes.ask(newId(clock, 'ouv'), { type: 'ajouterOuvrage', ...fiche, exemplaires: copies }, envelope);
  }
}
