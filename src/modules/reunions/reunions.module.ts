import { type DynamicModule, Module } from '@nestjs/common';
import { Catalogue } from '../../http/catalogue.js';
import { Machine } from '../../runtime/machine.js';
import { MembresModule } from '../membres/index.js';
import { AgendaIcsHttp } from './agenda-ics.http.js';
import { LectureDuCalendrier } from './agenda-ics.lecture.js';
import { Departs } from './departs.ecriture.js';
import { OffresHttp } from './offres.http.js';
import { DemandesDeSeance } from './reunions.ecriture.js';
import { ReunionsHttp } from './reunions.http.js';
import { ReunionsLectureHttp } from './reunions.lecture.http.js';
import { LectureDesSeances } from './reunions.lecture.js';
import { REFUS_REUNIONS } from './reunions.refus.js';
import { SEANCES, USAGES, type UsagesDesSeances } from './reunions.tokens.js';
import { creerSeance } from './seance.js';

@Module({
  imports: [MembresModule],
  controllers: [AgendaIcsHttp, ReunionsLectureHttp, ReunionsHttp, OffresHttp],
  providers: [LectureDuCalendrier, LectureDesSeances, DemandesDeSeance, Departs],
})
export class ReunionsModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(REFUS_REUNIONS);
  }

  static forRoot(usages: UsagesDesSeances): DynamicModule {
    const seances = { provide: SEANCES, inject: [Machine], useFactory: (machine: Machine) => machine.host(creerSeance(usages)) };
    return { module: ReunionsModule, providers: [{ provide: USAGES, useValue: usages }, seances] };
  }
}
