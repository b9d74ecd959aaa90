import { type DynamicModule, Module, type ModuleMetadata } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import type { Compteurs } from './compteurs.js';
import { seenCounters } from './compteurs-seen.js';
import type { Config } from './config.js';
import { DashboardModule } from './dashboard/dashboard.module.js';
import type { Cluster } from './dashboard/cluster.js';
import type { Instance } from './dashboard/instance.js';
import type { Log } from './log.js';
import { HttpModule } from './http/http.module.js';
import { CrdtModule } from './modules/crdt/crdt.module.js';
import { crdtTables } from './modules/crdt/produits.tables.js';
import type { Epreuves } from './modules/health/epreuves.js';
import { HealthModule } from './modules/health/health.module.js';
import { MembresModule } from './modules/membres/membres.module.js';
import { membresTables } from './modules/membres/membres.tables.js';
import { NotificationsModule } from './modules/notifications/notifications.module.js';
import { notificationsTables } from './modules/notifications/notifications.tables.js';
import { PaiementsModule } from './modules/paiements/paiements.module.js';
import { paiementsTables } from './modules/paiements/paiements.tables.js';
import { PretsModule } from './modules/prets/prets.module.js';
import { pretsTables } from './modules/prets/prets.tables.js';
import { ReunionsModule } from './modules/reunions/reunions.module.js';
import { reunionsTables } from './modules/reunions/reunions.tables.js';
import type { Machine } from './runtime/machine.js';
import { RuntimeModule } from './runtime/runtime.module.js';

/** Every table of the club. */
export const CLUB_TABLES = [...membresTables, ...reunionsTables, ...paiementsTables, ...notificationsTables, ...crdtTables, ...pretsTables];

/** The club, one line per word of the card. */
const club = (config: Config, compteurs: Compteurs, epreuves: Epreuves): NonNullable<ModuleMetadata['imports']> => [
  MembresModule,
  ReunionsModule.forRoot({
    fuseau: config.timezone,
    tardifHeures: config.desistementTardifHeures,
    gelHeures: config.gelHeures,
    delaiOffreHeures: config.delaiOffreHeures,
  }),
  PretsModule.forRoot({ fuseau: config.timezone }),
  PaiementsModule,
  NotificationsModule.forRoot(config.mail, config.timezone),
  CrdtModule.forRoot(compteurs),
  HealthModule.forRoot(epreuves),
];

/** What the application stands on. */
export interface Ground {
  readonly config: Config;
  readonly log: Log;
  readonly machine: Machine;
  /** The read lane. */
  readonly reads: unknown;
  readonly instance: Instance;
  readonly cluster: Cluster;
  readonly compteurs: Compteurs;
  readonly epreuves: Epreuves;
  /** Modules beside the club's own. */
  readonly beside: NonNullable<ModuleMetadata['imports']>;
  /** The root is the page's. */
  readonly page: boolean;
}

@Module({})
export class AppModule {
  /** The application of one instance. */
  static on({ config, log, machine, reads, instance, cluster, compteurs, epreuves, beside, page }: Ground): DynamicModule {
    return {
      module: AppModule,
      imports: [
        // No middleware per request: what is worth a line is logged where it happens (see http/request-log.ts).
        LoggerModule.forRoot({
          pinoHttp: { logger: log.logger, serializers: log.serializers, wrapSerializers: false, autoLogging: false },
          forRoutes: [],
        }),
        HttpModule.forRoot({ ratePerSecond: config.http.ratePerSecond, page }),
        RuntimeModule.forRoot(machine, reads),
        DashboardModule.forRoot(instance, cluster, seenCounters(compteurs)),
        ...club(config, compteurs, epreuves),
        ...beside,
      ],
    };
  }
}
