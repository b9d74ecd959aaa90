import { performance } from 'node:perf_hooks';

export interface Measure {
  /** Demandes per second. */
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
}

/** `callers` ask one after another until `total` demandes are answered. `ask` returns when its answer is there. */
export async function closedLoop(callers: number, total: number, ask: (n: number) => Promise<void>): Promise<Measure> {
  const waits = new Float64Array(total);
  let next = 0;
  const began = performance.now();
  const caller = async (): Promise<void> => {
    while (next < total) {
      const n = next++;
      const asked = performance.now();
      await ask(n);
      waits[n] = performance.now() - asked;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const seconds = (performance.now() - began) / 1000;
  waits.sort();
  return { rate: total / seconds, p50: waits[Math.floor(total * 0.5)]!, p99: waits[Math.floor(total * 0.99)]! };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
