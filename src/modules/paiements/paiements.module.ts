import { Module } from '@nestjs/common';
import { Catalogue } from '../../http/catalogue.js';
import { Machine } from '../../runtime/machine.js';
import { EcritureDesPaiements } from './paiements.ecriture.js';
import { PaiementsHttp } from './paiements.http.js';
import { LectureDesPaiements } from './paiements.lecture.js';
import { ecouterLesSeances } from './paiements.listener.js';
import { REFUS_PAIEMENTS } from './paiements.refus.js';

/** Au plus un paiement par inscription, encaissé ou remboursé à la main. */
@Module({ controllers: [PaiementsHttp], providers: [LectureDesPaiements, EcritureDesPaiements] })
export class PaiementsModule {
  constructor(machine: Machine, catalogue: Catalogue) {
    catalogue.add(REFUS_PAIEMENTS);
    machine.listen(ecouterLesSeances);
  }
}
