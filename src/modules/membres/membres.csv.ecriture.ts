import { Injectable } from '@nestjs/common';
import { type Double, doublesOf, type Imported, keysOf } from '../../http/csv-import.js';
import type { Envelope, Outcome } from '../../runtime/aggregate/outcome.js';
import { COLONNES_MEMBRES, LigneDeMembre } from './membres.csv.formes.js';
import { EcritureDesMembres } from './membres.ecriture.js';
import { LectureDesMembres } from './membres.lecture.js';

/** Members that come in a file: each line becomes one member. */
@Injectable()
export class FichiersDeMembres implements Imported<LigneDeMembre> {
  readonly scope = 'csv-membres';
  readonly columns = COLONNES_MEMBRES;
  readonly schema = LigneDeMembre;
  readonly words = { missing: 'membre_inconnu', unreachable: 'base_indisponible' } as const;

  constructor(
    private readonly lecture: LectureDesMembres,
    private readonly ecriture: EcritureDesMembres,
  ) {}

  /** Lines whose address is a member's already, or an earlier line's. Two people may share one. */
  async doubles(lines: ReadonlyMap<number, LigneDeMembre>): Promise<Map<number, Double[]>> {
    const courriels = keysOf(lines, ({ courriel }) => courriel?.toLowerCase());
    return doublesOf('courriel', courriels, await this.lecture.parCourriel([...new Set(courriels.values())]));
  }

  show({ suspenduJusqua, ...membre }: LigneDeMembre): object {
    return { ...membre, ...(suspenduJusqua === undefined ? undefined : { suspenduJusqua: new Date(suspenduJusqua).toISOString() }) };
  }

  write({ suspenduJusqua, ...membre }: LigneDeMembre, envelope: Envelope): Promise<Outcome<unknown>> {
    return this.ecriture.accueillir(envelope, membre, suspenduJusqua ?? null);
  }
}
