import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Order, Shot } from './generator.js';

/** The load generator in its own process, seen from the one that gives the orders: one order at a time. */
export class Shooter {
  private readonly generator: ChildProcess = fork(fileURLToPath(new URL('./generator.js', import.meta.url)));

  /** Rejects when one answer is not 2xx: then nothing was measured. */
  async shoot(order: Order): Promise<Shot> {
    const shot = await new Promise<Shot>((resolve, reject) => {
      const ended = (): void => reject(new Error('The generator ended'));
      this.generator.once('exit', ended);
      this.generator.once('message', (message) => {
        this.generator.off('exit', ended);
        resolve(message as Shot);
      });
      this.generator.send(order);
    });
    if (shot.errors > 0) throw new Error(`${shot.errors} of ${order.total} answers to ${order.path} are not 2xx`);
    return shot;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.generator.once('exit', resolve));
    this.generator.disconnect();
    await ended;
  }
}
