import { Controller, Get, Header, Inject } from '@nestjs/common';
import { Tags } from '../http/documentation.js';
import { Operation } from '../http/operation.js';
import { Machine } from '../runtime/machine.js';
import { BoiteEnvoi, showBacklog } from './boite-envoi.js';
import type { Watched } from './instance.js';

/** What waits to be published and what listeners could not take: read from the database, so the same on every instance. */
@Tags('Supervision')
@Controller('boite-envoi')
export class BoiteEnvoiHttp {
  constructor(@Inject(Machine) private readonly machine: Pick<Watched, 'clock' | 'storage'>) {}

  @Get()
  @Header('cache-control', 'no-store')
  @Operation({ summary: 'Voir la boîte d’envoi', answers: BoiteEnvoi })
  async voir(): Promise<unknown> {
    return showBacklog(await this.machine.storage.backlog(), this.machine.clock.now());
  }
}
