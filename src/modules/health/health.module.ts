import { type DynamicModule, Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { BacklogWatch } from '../../dashboard/backlog-watch.js';
import { Instance } from '../../dashboard/instance.js';
import { Catalogue } from '../../http/catalogue.js';
import { Machine } from '../../runtime/machine.js';
import { EpreuvesHttp } from './epreuves.http.js';
import { Epreuves } from './epreuves.js';
import { REFUS_EPREUVES } from './epreuves.refus.js';
import { ExploitationHttp } from './exploitation.http.js';
import { GrappeHttp } from './grappe.http.js';
import { HealthHttp } from './health.http.js';
import { REFUS_EXPLOITATION } from './health.refus.js';
import { mailboxStuck, partDown, publicationStuck, wakingStuck } from './progress.js';
import { Readiness } from './readiness.js';

/** How this instance is, and what a person may do about it. */
@Module({
  // Its own logger would write a line per probe.
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthHttp, ExploitationHttp, EpreuvesHttp, GrappeHttp],
  providers: [Readiness],
  exports: [Readiness],
})
export class HealthModule {
  constructor(catalogue: Catalogue, readiness: Readiness, machine: Machine, watch: BacklogWatch, instance: Instance) {
    catalogue.add(REFUS_EXPLOITATION);
    catalogue.add(REFUS_EPREUVES);
    const { clock, relay, fanOut, registries, waking } = machine;
    readiness.add('arbre', () => partDown(instance.tree().describe()!));
    readiness.add('boites', () => {
      const deadlines = [...registries.values()].flatMap((registry) => registry.soonestDeadline() ?? []);
      return mailboxStuck(deadlines.length === 0 ? undefined : Math.min(...deadlines) - clock.monotonic());
    });
    readiness.add('relais', async () => {
      const { oldest } = await watch.read();
      return oldest === null
        ? undefined
        : publicationStuck(clock.now() - oldest, clock.monotonic() - Math.max(relay.publishedAt, fanOut.heardAt));
    });
    readiness.add('reveils', async () => {
      const { oldest } = await watch.due();
      return oldest === null ? undefined : wakingStuck(clock.now() - oldest, clock.monotonic() - waking.movedAt);
    });
  }

  static forRoot(epreuves: Epreuves): DynamicModule {
    return { module: HealthModule, providers: [{ provide: Epreuves, useValue: epreuves }] };
  }
}
