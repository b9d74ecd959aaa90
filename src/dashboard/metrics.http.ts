import { Controller, Get, Res } from '@nestjs/common';
import { Undocumented } from '../http/documentation.js';
import type { Reply } from '../http/door.js';
import { Metrics } from './metrics.js';

/** For Prometheus, at the root. */
@Undocumented()
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
