import type { Seat } from './real-cluster.js';

/** What this instance counts, without the prefix `monclub_cluster_`; with labels as they are written. Empty when it does not answer. */
export async function figures({ url }: Seat): Promise<ReadonlyMap<string, number>> {
  const text = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(5_000) })
    .then((answer) => answer.text())
    .catch(() => '');
  const lines = text.matchAll(/^monclub_cluster_(\S+) (\S+)$/gm);
  return new Map([...lines].map(([, name, value]) => [name!, Number(value)]));
}

/** The sum of one figure over these seats. */
export async function total(seats: readonly Seat[], name: string): Promise<number> {
  const all = await Promise.all(seats.map((seat) => figures(seat)));
  return all.reduce((sum, one) => sum + (one.get(name) ?? 0), 0);
}
