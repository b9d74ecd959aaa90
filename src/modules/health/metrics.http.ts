import { Controller, Get, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { SkipThrottle } from '@nestjs/throttler';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Reply } from '../../http/door.js';
import { Machine } from '../../runtime/machine.js';

/** Figures in Prometheus' text format. One registry per application: several may share a process. */
@ApiExcludeController()
@SkipThrottle()
@Controller('metrics')
export class MetricsHttp {
  private readonly registry = new Registry();

  constructor(machine: Machine) {
    collectDefaultMetrics({ register: this.registry });
    const { journal } = machine;
    this.show('monclub_demandes_en_cours', 'Demandes taken in and not yet answered', () => journal.outstanding);
    this.show('monclub_commits_total', 'Transactions of the write lane', () => journal.commits);
    this.show('monclub_demandes_ecrites_total', 'Demandes written', () => journal.written);
    this.show('monclub_conflits_total', 'Groups that the database refused', () => journal.conflicts);
    for (const [kind, registry] of machine.registries) {
      this.show(`monclub_${kind}_activations_total`, `Activations of ${kind}`, () => registry.activations);
      this.show(`monclub_${kind}_plantages_total`, `Crashes of ${kind}`, () => registry.crashes);
    }
  }

  @Get()
  async metrics(@Res() reply: Reply): Promise<void> {
    void reply
      .header('cache-control', 'no-store')
      .type(this.registry.contentType)
      .send(await this.registry.metrics());
  }

  private show(name: string, help: string, read: () => number): void {
    const gauge: Gauge = new Gauge({ name, help, registers: [this.registry], collect: (): void => gauge.set(read()) });
  }
}
