import { Controller, Get, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { SkipThrottle } from '@nestjs/throttler';
import type { Reply } from '../../http/door.js';
import { Readiness } from './readiness.js';

/** For whoever watches over this instance. */
@ApiExcludeController()
@SkipThrottle()
@Controller('health')
export class HealthHttp {
  constructor(private readonly readiness: Readiness) {}

  /** The event loop turns: nothing else is asked. */
  @Get('live')
  live(@Res() reply: Reply): void {
    void reply.header('cache-control', 'no-store').send({ statut: 'vivant' });
  }

  /** 200 when this instance can take demandes, else 503 with what is missing. */
  @Get('ready')
  ready(@Res() reply: Reply): void {
    const { pret, etat } = this.readiness.report();
    if (!pret) void reply.header('retry-after', '1');
    void reply
      .code(pret ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ statut: pret ? 'pret' : 'pas_pret', ...etat });
  }
}
