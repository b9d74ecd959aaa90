import { type DynamicModule, Module } from '@nestjs/common';
import { Catalogue } from '../../http/catalogue.js';
import { Machine } from '../../runtime/machine.js';
import { MembresModule } from '../membres/index.js';
import { DepartsDesLecteurs } from './departs.ecriture.js';
import { creerOuvrage } from './ouvrage.js';
import { FichiersDOuvrages } from './ouvrages.csv.ecriture.js';
import { OuvragesCsvHttp } from './ouvrages.csv.http.js';
import { LectureDesFichiers } from './ouvrages.csv.lecture.js';
import { OuvragesHttp } from './ouvrages.http.js';
import { OuvragesLectureHttp } from './ouvrages.lecture.http.js';
import { LectureDesOuvrages } from './ouvrages.lecture.js';
import { DemandesDePret } from './prets.ecriture.js';
import { PretsHttp } from './prets.http.js';
import { PretsLectureHttp } from './prets.lecture.http.js';
import { LectureDesPrets } from './prets.lecture.js';
import { REFUS_PRETS } from './prets.refus.js';
import { OUVRAGES, USAGES_DES_PRETS, type UsagesDesPrets } from './prets.tokens.js';
import { EcritureDuReglement } from './reglement.ecriture.js';
import { ReglementHttp } from './reglement.http.js';
import { ReglesDuClub } from './reglement.lecture.js';

/** What the club lends: titles, copies, loans and holds, under rules of its own. */
@Module({
  imports: [MembresModule],
  controllers: [OuvragesCsvHttp, OuvragesLectureHttp, OuvragesHttp, PretsLectureHttp, PretsHttp, ReglementHttp],
  providers: [
    LectureDesFichiers,
    FichiersDOuvrages,
    LectureDesOuvrages,
    LectureDesPrets,
    ReglesDuClub,
    EcritureDuReglement,
    DemandesDePret,
    DepartsDesLecteurs,
  ],
})
export class PretsModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(REFUS_PRETS);
  }

  static forRoot(usages: UsagesDesPrets): DynamicModule {
    const ouvrages = {
      provide: OUVRAGES,
      inject: [Machine, ReglesDuClub],
      useFactory: (machine: Machine, regles: ReglesDuClub) => machine.host(creerOuvrage({ regles: () => regles.actuelles })),
    };
    return { module: PretsModule, providers: [{ provide: USAGES_DES_PRETS, useValue: usages }, ouvrages] };
  }
}
