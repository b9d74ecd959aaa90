import { type DynamicModule, Module } from '@nestjs/common';
import { Catalogue } from '../../http/catalogue.js';
import { CompteursHttp } from './compteurs.http.js';
import { LectureDesCompteurs } from './compteurs.lecture.js';
import { ConvergenceHttp } from './convergence.http.js';
import { LectureDeConvergence } from './convergence.lecture.js';
import { REFUS_COMPTEURS } from './crdt.refus.js';
import { Forward } from './forward.js';
import { MouvementsHttp } from './mouvements.http.js';
import { Niveaux } from './niveaux.lecture.js';
import { EcritureDesProduits } from './produits.ecriture.js';
import { Replica } from './replica.js';
import { SuiviDesProduits } from './suivi.lecture.js';

/** What the doors need of this instance's counters; the application makes it, and the tree starts it. */
export interface PartsOfCounters {
  readonly replica: Replica;
  readonly forward: Forward;
  readonly niveaux: Niveaux;
  readonly suivi: SuiviDesProduits;
  readonly lecture: LectureDesCompteurs;
  readonly convergence: LectureDeConvergence;
}

/** What the club counts: each instance on its own side, for ever meeting again. */
@Module({})
export class CrdtModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(REFUS_COMPTEURS);
  }

  static forRoot({ replica, forward, niveaux, suivi, lecture, convergence }: PartsOfCounters): DynamicModule {
    return {
      module: CrdtModule,
      controllers: [CompteursHttp, MouvementsHttp, ConvergenceHttp],
      providers: [
        { provide: Replica, useValue: replica },
        { provide: Forward, useValue: forward },
        { provide: Niveaux, useValue: niveaux },
        { provide: SuiviDesProduits, useValue: suivi },
        { provide: LectureDesCompteurs, useValue: lecture },
        { provide: LectureDeConvergence, useValue: convergence },
        EcritureDesProduits,
      ],
    };
  }
}
