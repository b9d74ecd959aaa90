import { Module } from '@nestjs/common';
import { HealthHttp } from './health.http.js';
import { Readiness } from './readiness.module.js';

/** How this instance is. */
@Module({ controllers: [HealthHttp], providers: [Readiness], exports: [Readiness] })
export class HealthModule {}
