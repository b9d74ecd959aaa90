import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { Timings } from './timings.js';

it('writes what Prometheus reads: cumulative buckets, sum and count per series', async () => {
  const registry = new Registry();
  const timings = new Timings('t_seconds', 'Times of tests.', registry);
  for (const seconds of [0.0005, 0.001, 0.004, 99]) timings.record('/a/:id', 'GET', 200, seconds);
  timings.record('/a/:id', 'GET', 404, 0.004);
  const lines = (await registry.metrics()).split('\n');
  expect(lines.slice(0, 2)).toEqual(['# HELP t_seconds Times of tests.', '# TYPE t_seconds histogram']);
  const bucket = (le: string, status = 200): string | undefined =>
    lines.find((line) => line.startsWith(`t_seconds_bucket{route="/a/:id",method="GET",status="${status}",le="${le}"} `))?.split(' ')[1];
  expect(['0.001', '0.0025', '0.005', '10', '+Inf'].map((le) => bucket(le))).toEqual(['2', '2', '3', '3', '4']);
  expect([bucket('0.0025', 404), bucket('0.005', 404)]).toEqual(['0', '1']);
  expect(lines).toContain('t_seconds_count{route="/a/:id",method="GET",status="200"} 4');
  expect(lines).toContain(`t_seconds_sum{route="/a/:id",method="GET",status="200"} ${0.0005 + 0.001 + 0.004 + 99}`);
});
