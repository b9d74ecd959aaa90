import type { Cancel } from '../clock.js';

/** Those who want to know of something. */
export class Hearers<T> {
  private readonly all = new Set<(value: T) => void>();

  add(hear: (value: T) => void): Cancel {
    // Wrapped, so that the same function added twice is called twice and cancelled one by one.
    const one = (value: T): void => hear(value);
    this.all.add(one);
    return () => void this.all.delete(one);
  }

  /** Calls each in its turn; one that throws is reported, and the next one is called all the same. */
  tell(value: T, report: (message: string, error: unknown) => void): void {
    for (const hear of this.all) {
      try {
        hear(value);
      } catch (error) {
        report('A listener of the cluster failed', error);
      }
    }
  }
}
