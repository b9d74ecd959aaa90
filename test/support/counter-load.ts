import { setTimeout as wait } from 'node:timers/promises';
import type { RealCluster, Seat } from './real-cluster.js';

/** One movement that was asked for, at one instance, under a key of its own. */
export interface Counted {
  readonly seat: string;
  readonly product: string;
  /** Signed; no two of one load have the same size, so that a wrong sum tells what is missing. */
  readonly by: bigint;
  readonly key: string;
  /** What came back in the end; undefined: no word. */
  answer?: Said | undefined;
}

interface Said {
  readonly status: number;
  readonly body: { readonly code?: string; readonly valeur?: string; readonly instance?: string };
}

const PATIENCE_MS = 4_000;
/** A prime below the largest quantity: its multiples by the step below are all different. */
const SIZES = 999_983;
const STEP = 7_919;
let loads = 0;

/** Many who raise and lower counters at every instance, without rest. Each writes down what it asked and what it was told. */
export class CounterLoad {
  readonly counted: Counted[] = [];
  private readonly name = `compte-${++loads}-${Math.random().toString(36).slice(2, 10)}`;
  private running = false;
  private crowd: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly cluster: RealCluster,
    /** Lowered as much as raised. */
    private readonly free: string,
    /** Lowered by up to `bite` at a time; raised now and then. */
    private readonly bounded: string,
    private readonly bite: number,
  ) {}

  /** `callers` at each instance; one in two asks again under the same key when no answer came, the other one gives up. */
  start(callers = 3): void {
    this.running = true;
    this.crowd = Promise.all(this.cluster.seats.flatMap((seat) => Array.from({ length: callers }, (_, i) => this.caller(seat, i))));
  }

  async stop(): Promise<void> {
    this.running = false;
    await this.crowd;
  }

  get answered(): number {
    return this.counted.filter(({ answer }) => answer?.status === 200).length;
  }

  /** Waits until `more` movements were acknowledged at each of `seats`. */
  async flowing(seats: readonly Seat[], more = 20): Promise<void> {
    const done = ({ id }: Seat): number => this.counted.filter(({ seat, answer }) => seat === id && answer?.status === 200).length;
    const goal = seats.map((seat) => done(seat) + more);
    await this.cluster.until(
      async () => seats.every((seat, i) => done(seat) >= goal[i]!) || undefined,
      30_000,
      () => `no movements: ${seats.map((seat) => `${seat.id} ${done(seat)}`).join()}\n${this.cluster.said()}`,
    );
  }

  /** Asks the instance that took it what became of each movement whose answer was lost. Returns how many there were. */
  async settle(): Promise<number> {
    const lost = this.counted.filter(({ answer }) => answer === undefined || answer.status >= 500);
    for (const one of lost) {
      const { url } = this.cluster.seat(one.seat);
      const answer = await fetch(`${url}/api/v1/demandes/${one.key}`);
      if (answer.status !== 200 && answer.status !== 404) throw new Error(`${one.seat} says ${answer.status} about ${one.key}`);
      one.answer = { status: answer.status, body: (await answer.json()) as Said['body'] };
    }
    return lost.length;
  }

  /** What was done to `product`, as acknowledged. */
  sum(product: string): bigint {
    return this.counted.reduce((sum, one) => (one.product === product && one.answer?.status === 200 ? sum + one.by : sum), 0n);
  }

  private async caller(seat: Seat, nth: number): Promise<void> {
    while (this.running) {
      const one = this.next(seat);
      this.counted.push(one);
      do one.answer = await ask(seat, one);
      while (this.running && nth % 2 === 0 && (one.answer?.status ?? 500) >= 500 && (await wait(100, true)));
      await wait(Math.random() * 30);
    }
  }

  private next(seat: Seat): Counted {
    const n = this.counted.length + 1;
    const size = ((n * STEP) % SIZES) + 1;
    const bounded = n % 3 === 0;
    const by = bounded ? (n % 4 === 0 ? (size % this.bite) + 1 : -((size % this.bite) + 1)) : n % 2 === 0 ? size : -size;
    return { seat: seat.id, product: bounded ? this.bounded : this.free, by: BigInt(by), key: `${this.name}-${n}` };
  }
}

async function ask({ url }: Seat, { product, by, key }: Counted): Promise<Said | undefined> {
  try {
    const answer = await fetch(`${url}/api/v1/compteurs/${product}/${by > 0n ? 'increments' : 'decrements'}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify({ quantite: Number(by > 0n ? by : -by) }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return { status: answer.status, body: (await answer.json()) as Said['body'] };
  } catch {
    return undefined;
  }
}
