import { Module } from '@nestjs/common';
import { Catalogue } from '../../http/catalogue.js';
import { Annuaire } from './annuaire.lecture.js';
import { EcritureDesMembres } from './membres.ecriture.js';
import { FichiersDeMembres } from './membres.csv.ecriture.js';
import { MembresCsvHttp } from './membres.csv.http.js';
import { MembresHttp } from './membres.http.js';
import { LectureDesMembres } from './membres.lecture.js';
import { REFUS_MEMBRES } from './membres.refus.js';

@Module({
  controllers: [MembresCsvHttp, MembresHttp],
  providers: [LectureDesMembres, EcritureDesMembres, FichiersDeMembres, Annuaire],
  exports: [Annuaire],
})
export class MembresModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(REFUS_MEMBRES);
  }
}
