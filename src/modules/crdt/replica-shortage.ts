/** Operations that lack rights while these are sought: one question per product at a time, and room left in the queue for what lacks none. */
import { ANSWER_MS, type Pending, type Queue } from './replica-queue.js';

/**
 * Seeks `missing` rights; resolves when it has done what it can, with or without success. Nobody is asked after `deadline` (monotonic milliseconds);
 * who must be answered earlier than this resolves is answered by the queue.
 */
export type Shortage = (product: string, missing: bigint, deadline: number) => Promise<void>;

export class Shortages {
  asked = 0;
  handler: Shortage | undefined;
  private readonly waiting = new Map<string, Pending[]>();
  private size = 0;

  constructor(
    private readonly queue: Queue,
    /** Operations that lack rights at once: more are turned away, so that no product's lack fills the queue of all. */
    private readonly limit: number,
    private readonly wake: () => void,
    private readonly report: (message: string, error?: unknown) => void,
  ) {}

  /** Asks for what these lack together; they are decided again afterwards. */
  add(those: ReadonlyMap<Pending, bigint>): void {
    const missing = new Map<string, bigint>();
    for (const [pending, amount] of those) {
      const { product } = pending.operation;
      if (this.size >= this.limit) {
        this.queue.overloaded(pending);
        continue;
      }
      this.size++;
      pending.asked++;
      const asking = this.waiting.get(product);
      if (asking !== undefined) asking.push(pending);
      else this.waiting.set(product, [pending]);
      if (asking === undefined || missing.has(product)) missing.set(product, (missing.get(product) ?? 0n) + amount);
    }
    for (const [product, amount] of missing) void this.ask(product, amount);
  }

  private async ask(product: string, missing: bigint): Promise<void> {
    this.asked++;
    const soonest = this.waiting.get(product)!.reduce((least, { envelope }) => Math.min(least, envelope.deadline), Infinity);
    try {
      await this.handler?.(product, missing, soonest - 2 * ANSWER_MS);
    } catch (error) {
      this.report(`Asking for rights to ${product} failed`, error);
    }
    const those = this.waiting.get(product) ?? [];
    this.waiting.delete(product);
    this.size -= those.length;
    this.queue.again(those);
    this.wake();
  }
}
