import { systemClock, type Clock } from '../../src/runtime/clock.js';
import type { RowTransaction, Storage } from '../../src/runtime/outbox/storage.js';

/** A process that can die: at the n-th point where it meets the database, or never. */
export class Mortal {
  readonly points: string[] = [];
  dead = false;
  private died: () => void = () => undefined;
  /** Resolves at its death. */
  readonly death = new Promise<void>((resolve) => (this.died = resolve));

  constructor(
    private readonly last: number = Infinity,
    private readonly time: Clock = systemClock,
  ) {}

  /** True when this point is the last thing that it does. */
  private passes(point: string): boolean {
    if (this.dead) return false;
    this.points.push(point);
    if (this.points.length <= this.last) return true;
    this.dead = true;
    this.died();
    return false;
  }

  /** Its clock: nothing is ever called again after its death. */
  readonly clock: Clock = {
    now: () => this.time.now(),
    monotonic: () => this.time.monotonic(),
    after: (ms, run) => this.time.after(ms, () => (this.dead ? undefined : run())),
    soon: (run) => this.time.soon(() => (this.dead ? undefined : run())),
    bytes: (length) => this.time.bytes(length),
    chance: () => this.time.chance(),
  };

  /**
   * `storage` as this process uses it: every call is a point before and a point after, and so is every statement of a row transaction.
   * Death before a call: it is never made. After it: made, and nobody ever hears. In a transaction: the database rolls it back.
   */
  using(storage: Storage): Storage {
    const silence = new Promise<never>(() => undefined);
    const call = async (name: string, made: () => Promise<unknown>): Promise<unknown> => {
      if (!this.passes(`before ${name}`)) return silence;
      try {
        const result = await made();
        return this.passes(`after ${name}`) ? result : await silence;
      } catch (error) {
        if (this.dead) return silence;
        throw error;
      }
    };
    const statements = (tx: RowTransaction): RowTransaction =>
      new Proxy(tx, {
        get:
          (target, name: keyof RowTransaction) =>
          (...args: never[]) => {
            const [first] = args as unknown[];
            if (name === 'savepoint') return target.savepoint(first as () => Promise<unknown>);
            return this.statement(`${name} ${String(first)}`, () => (target[name] as (...given: never[]) => Promise<unknown>)(...args));
          },
      });
    return new Proxy(storage, {
      get:
        (target, name: keyof Storage) =>
        (...args: never[]) => {
          if (name === 'open' || name === 'close') return (target[name] as (...given: never[]) => unknown)(...args);
          if (name !== 'transact') return call(name, () => (target[name] as (...given: never[]) => Promise<unknown>)(...args));
          const work = args[0] as unknown as (tx: RowTransaction) => Promise<unknown>;
          return call(name, () => target.transact((tx) => work(statements(tx)), args[1]));
        },
    });
  }

  /** A statement that death cuts throws, so that the database undoes its transaction, as it does when a connection breaks. */
  private async statement(name: string, made: () => Promise<unknown>): Promise<unknown> {
    if (!this.passes(`before ${name}`)) throw new Error('dead');
    const result = await made();
    if (!this.passes(`after ${name}`)) throw new Error('dead');
    return result;
  }
}
