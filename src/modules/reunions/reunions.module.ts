import { Module } from '@nestjs/common';
import { CONFIG, type Config } from '../../config.js';
import { Catalogue } from '../../http/catalogue.js';
import { MembresModule } from '../membres/index.js';
import { DemandesDeSeance } from './reunions.demandes.js';
import { ReunionsHttp } from './reunions.http.js';
import { ReunionsLectureHttp } from './reunions.lecture.http.js';
import { LectureDesSeances } from './reunions.lecture.js';
import { REFUS_REUNIONS } from './reunions.refus.js';
import { SEANCES, USAGES, type UsagesDesSeances } from './reunions.tokens.js';
import { creerSeance } from './seance.js';
import { Machine } from '../../runtime/machine.js';

@Module({
  imports: [MembresModule],
  controllers: [ReunionsLectureHttp, ReunionsHttp],
  providers: [
    LectureDesSeances,
    DemandesDeSeance,
    { provide: USAGES, inject: [CONFIG], useFactory: ({ timezone }: Config): UsagesDesSeances => ({ fuseau: timezone }) },
    {
      provide: SEANCES,
      inject: [Machine, CONFIG],
      useFactory: (machine: Machine, config: Config) => machine.host(creerSeance({ tardifHeures: config.desistementTardifHeures })),
    },
  ],
})
export class ReunionsModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(REFUS_REUNIONS);
  }
}
