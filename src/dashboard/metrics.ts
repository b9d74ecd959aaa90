import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { Machine } from '../runtime/machine.js';
import { Audience } from './audience.js';
import { BacklogWatch } from './backlog-watch.js';
import { Cluster, type Figure } from './cluster.js';
import { SeenCounters } from './counters.js';
import { Instance, type Watched } from './instance.js';
import { Timings } from './timings.js';

type Values = Iterable<readonly [labels: Readonly<Record<string, string>>, value: number]>;

/**
 * The figures of this instance, for Prometheus. One registry per application: several may live in one process.
 *
 * The machine counts in plain numbers; they are read when somebody scrapes, so that counting costs nothing on the way of a demande.
 */
@Injectable()
export class Metrics implements OnModuleInit {
  readonly registry = new Registry();

  constructor(
    @Inject(Machine) private readonly machine: Watched,
    instance: Instance,
    private readonly watch: BacklogWatch,
    private readonly audience: Audience,
    cluster: Cluster,
    counters: SeenCounters,
    private readonly host: HttpAdapterHost,
  ) {
    collectDefaultMetrics({ register: this.registry });
    this.gauge('monclub_instance', 'Always 1; its label names the instance.', () => [[{ id: instance.id }, 1]], ['id']);
    this.declareWrites();
    this.declareAggregates();
    this.declarePublication();
    this.declareTimers();
    this.declareFigures('monclub_cluster_', () => cluster.figures());
    this.declareFigures('monclub_counters_', () => counters.figures());
  }

  onModuleInit(): void {
    this.timeRequests(this.host.httpAdapter.getInstance<FastifyInstance>());
  }

  private declareWrites(): void {
    const { journal } = this.machine;
    this.counter('monclub_commits_total', 'Groups committed.', () => one(journal.commits));
    this.counter('monclub_commit_demandes_total', 'Demandes in committed groups; over commits: the size of a group.', () =>
      one(journal.carried),
    );
    this.counter('monclub_facts_written_total', 'Facts committed.', () => one(journal.written));
    this.counter('monclub_commit_conflicts_total', 'Groups that a guard refused and that were taken apart.', () => one(journal.conflicts));
    this.gauge('monclub_demandes_outstanding', 'Demandes taken in and not yet answered.', () => one(journal.outstanding));
  }

  private declareAggregates(): void {
    const kinds = () => [...this.machine.registries].map(([genre, registry]) => ({ genre, registry, census: registry.census() }));
    const demandes = () =>
      kinds().flatMap(({ genre, registry }) => Object.entries(registry.outcomes).map(([issue, n]) => [{ genre, issue }, n] as const));
    this.counter('monclub_demandes_total', 'Demandes to aggregates, by how they ended.', demandes, ['genre', 'issue']);
    const perKind = (read: (kind: ReturnType<typeof kinds>[number]) => number) => () =>
      kinds().map((kind) => [{ genre: kind.genre }, read(kind)] as const);
    this.gauge(
      'monclub_aggregates_living',
      'Aggregates in memory.',
      perKind((kind) => kind.census.living),
      ['genre'],
    );
    this.gauge(
      'monclub_aggregates_loading',
      'Aggregates on their way from the database.',
      perKind((kind) => kind.census.loading),
      ['genre'],
    );
    this.gauge(
      'monclub_aggregates_quarantined',
      'Aggregates kept away after too many crashes.',
      perKind((kind) => kind.census.quarantined),
      ['genre'],
    );
    this.counter(
      'monclub_aggregate_activations_total',
      'Aggregates brought into memory.',
      perKind((kind) => kind.registry.activations),
      ['genre'],
    );
    this.counter(
      'monclub_aggregate_crashes_total',
      'Crashes of aggregates.',
      perKind((kind) => kind.registry.crashes),
      ['genre'],
    );
  }

  private declarePublication(): void {
    const { relay, clock } = this.machine;
    this.counter('monclub_relay_published_total', 'Facts published by this instance’s relay.', () => one(relay.published));
    this.counter('monclub_relay_lost_races_total', 'Batches that another relay had published first.', () => one(relay.lostRaces));
    this.gauge('monclub_sse_clients', 'Event streams open.', () => one(this.audience.size));
    const backlog = sampled(() => this.watch.read());
    const lag = (oldest: number | null): number => secondsSince(oldest, clock.now());
    this.gauge('monclub_relay_lag_seconds', 'Age of the oldest unpublished fact.', () => backlog(({ oldest }) => lag(oldest)));
    this.gauge('monclub_outbox_unpublished', 'Facts not yet published.', () => backlog(({ facts }) => facts));
    this.gauge('monclub_dead_letters', 'Streams held back for a listener.', () => backlog(({ letters }) => letters.length));
  }

  private declareTimers(): void {
    const { waking, clock } = this.machine;
    this.counter('monclub_timers_woken_total', 'Aggregates that this instance, leading, woke for something due.', () => one(waking.woken));
    this.counter('monclub_timers_retried_total', 'Aggregates asked again because the time before was in vain.', () => one(waking.retried));
    const applied = () =>
      [...this.machine.registries].flatMap(([genre, { rung }]) => Array.from(rung, ([demande, n]) => [{ genre, demande }, n] as const));
    this.counter('monclub_timers_applied_total', 'Timers applied here and committed, by what they did.', applied, ['genre', 'demande']);
    const due = sampled(() => this.watch.due());
    const late = (oldest: number | null): number => secondsSince(oldest, clock.now());
    this.gauge('monclub_timers_due', 'Timers due and not yet applied, counted up to 10 000.', () => due((found) => found.due));
    this.gauge('monclub_timers_lateness_seconds', 'How late the oldest due timer is.', () => due(({ oldest }) => late(oldest)));
  }

  /** Figures whose owner names them: what each holds is read anew at each scrape. */
  private declareFigures(prefix: string, read: () => readonly Figure[]): void {
    for (const { name, help, values } of read()) {
      const now = (): Values => read().find((figure) => figure.name === name)?.values ?? [];
      const labels = Object.keys(values[0]?.[0] ?? {});
      if (name.endsWith('_total')) this.counter(`${prefix}${name}`, help, now, labels);
      else this.gauge(`${prefix}${name}`, help, now, labels);
    }
  }

  /** Times every answer from Fastify's own clock, by the route's pattern: an address never becomes a label. */
  private timeRequests(fastify: FastifyInstance): void {
    const timings = new Timings('monclub_http_request_duration_seconds', 'Time to answer, by route, method and status.', this.registry);
    fastify.addHook('onResponse', (request, reply, done) => {
      const route = request.routeOptions.url ?? 'aucune';
      // A stream lasts as long as its page is open: that is no time to answer.
      if (!route.endsWith('/flux')) timings.record(route, request.method, reply.statusCode, reply.elapsedTime / 1000);
      done();
    });
  }

  private gauge(name: string, help: string, read: () => Values | Promise<Values>, labelNames: string[] = []): void {
    const gauge: Gauge = new Gauge({
      name,
      help,
      labelNames,
      registers: [this.registry],
      collect: async () => {
        const values = await read();
        gauge.reset();
        if (labelNames.length === 0) gauge.remove();
        for (const [labels, value] of values) gauge.set(labels, value);
      },
    });
  }

  private counter(name: string, help: string, read: () => Values, labelNames: string[] = []): void {
    const counter: Counter = new Counter({
      name,
      help,
      labelNames,
      registers: [this.registry],
      collect: () => {
        counter.reset();
        for (const [labels, value] of read()) counter.inc(labels, value);
      },
    });
  }
}

function one(value: number): Values {
  return [[{}, value]];
}

/** Figures read from a sample of the database: absent rather than wrong while it cannot be taken. */
function sampled<T>(take: () => Promise<T>): (read: (found: T) => number) => Promise<Values> {
  return (read) =>
    take().then(
      (found) => one(read(found)),
      () => [],
    );
}

function secondsSince(instant: number | null, now: number): number {
  return instant === null ? 0 : Math.max(0, now - instant) / 1000;
}
