import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Catalogue } from '../http/catalogue.js';
import { Audience } from './audience.js';
import { BacklogWatch } from './backlog-watch.js';
import { Board } from './board.js';
import { BoiteEnvoiHttp } from './boite-envoi.http.js';
import { REFUS_TABLEAU } from './dashboard.refus.js';
import { Cluster } from './cluster.js';
import { SeenCounters } from './counters.js';
import { DemandesHttp } from './demandes.http.js';
import { Etats } from './etats.js';
import { FluxHttp } from './flux.http.js';
import { Instance } from './instance.js';
import { Metrics } from './metrics.js';
import { MetricsHttp } from './metrics.http.js';
import { ReveilsHttp } from './reveils.http.js';
import { SupervisionHttp } from './supervision.http.js';

/** What may be looked at: tree, outbox, answers, events, figures. Nothing in this room changes anything. */
@Global()
@Module({})
export class DashboardModule {
  constructor(catalogue: Catalogue) {
    catalogue.add(REFUS_TABLEAU);
  }

  static forRoot(instance: Instance, cluster: Cluster, counters: SeenCounters): DynamicModule {
    return {
      module: DashboardModule,
      controllers: [SupervisionHttp, BoiteEnvoiHttp, ReveilsHttp, DemandesHttp, FluxHttp, MetricsHttp],
      providers: [
        { provide: Instance, useValue: instance },
        { provide: Cluster, useValue: cluster },
        { provide: SeenCounters, useValue: counters },
        Audience,
        BacklogWatch,
        Board,
        Etats,
        Metrics,
      ],
      exports: [Instance, Cluster, Audience, BacklogWatch, Etats, Metrics],
    };
  }
}
