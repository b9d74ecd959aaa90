import { type DynamicModule, Global, Module, type Provider } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ThrottlerModule } from '@nestjs/throttler';
import { AccueilHttp } from './accueil.http.js';
import { Catalogue } from './catalogue.js';
import { ErreursHttp } from './erreurs.http.js';
import { MACHINE_REFUSALS } from './machine.refus.js';
import { RateLimit } from './rate-limit.js';

/**
 * The common manners of every door. Global: a module only asks for the `Catalogue`, to add its refusals when it is made.
 */
@Global()
@Module({})
export class HttpModule {
  /** `ratePerSecond`: demandes per second and address; 0 for no limit. `page`: the root is the page's. */
  static forRoot({ ratePerSecond, page }: { readonly ratePerSecond: number; readonly page: boolean }): DynamicModule {
    const limited = ratePerSecond > 0;
    const guard: Provider[] = limited ? [{ provide: APP_GUARD, useClass: RateLimit }] : [];
    return {
      module: HttpModule,
      imports: limited ? [ThrottlerModule.forRoot({ throttlers: [{ ttl: 1000, limit: ratePerSecond }], setHeaders: false })] : [],
      controllers: page ? [ErreursHttp] : [AccueilHttp, ErreursHttp],
      providers: [{ provide: Catalogue, useFactory: () => new Catalogue(MACHINE_REFUSALS) }, ...guard],
      exports: [Catalogue],
    };
  }
}
