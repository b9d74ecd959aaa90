import { Controller, Get, Res, ServiceUnavailableException } from '@nestjs/common';
import { Undocumented } from '../../http/documentation.js';
import { HealthCheckService, type HealthIndicatorFunction, HealthIndicatorService } from '@nestjs/terminus';
import { SkipThrottle } from '@nestjs/throttler';
import type { Reply } from '../../http/door.js';
import { Readiness } from './readiness.js';

/** For whoever watches over this instance. Answers in the shape of @nestjs/terminus: `{status, info, error, details}`. */
@Undocumented()
@SkipThrottle()
@Controller('health')
export class HealthHttp {
  constructor(
    private readonly readiness: Readiness,
    private readonly health: HealthCheckService,
    private readonly indicator: HealthIndicatorService,
  ) {}

  /** The event loop turns: nothing else is asked. A database that is away is no reason to end the process. */
  @Get('live')
  live(@Res() reply: Reply): void {
    void reply.header('cache-control', 'no-store').send({ status: 'ok', info: {}, error: {}, details: {} });
  }

  /** 200 when this instance can take demandes and gets on with them, else 503 with what is wrong. */
  @Get('ready')
  async ready(@Res() reply: Reply): Promise<void> {
    const [status, body] = await this.check();
    if (status === 503) void reply.header('retry-after', '1');
    void reply.code(status).header('cache-control', 'no-store').send(body);
  }

  private async check(): Promise<[status: 200 | 503, body: unknown]> {
    const findings = Object.entries(await this.readiness.findings());
    const indicators = findings.map(([name, wrong]): HealthIndicatorFunction => {
      const one = this.indicator.check(name);
      return () => (wrong === null ? one.up() : one.down(wrong));
    });
    try {
      return [200, await this.health.check(indicators)];
    } catch (error) {
      // Terminus says no by throwing; the problem filter would put its own words in place of what was found.
      if (error instanceof ServiceUnavailableException) return [503, error.getResponse()];
      throw error;
    }
  }
}
