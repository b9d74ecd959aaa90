import { Controller, Get, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Reply } from '../http/door.js';
import { Metrics } from './metrics.js';

/** For Prometheus, at the root. */
@ApiExcludeController()
@Controller('metrics')
export class MetricsHttp {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  async scrape(@Res() reply: Reply): Promise<void> {
    const { registry } = this.metrics;
    void reply
      .header('cache-control', 'no-store')
      .type(registry.contentType)
      .send(await registry.metrics());
  }
}
