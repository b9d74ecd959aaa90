import { Module } from '@nestjs/common';
import { HealthHttp } from './health.http.js';
import { MetricsHttp } from './metrics.http.js';
import { Readiness } from './readiness.js';

/** How this instance is. */
@Module({ controllers: [HealthHttp, MetricsHttp], providers: [Readiness], exports: [Readiness] })
export class HealthModule {}
