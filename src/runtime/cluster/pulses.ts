import { PULSE_MS } from './timing.js';

const FIRST_RETRY_MS = 50;
const LOOK_MS = 1_000;

/** When to ask the database: one request at a time, a pulse apart, at once when somebody wants it, and soon again when it failed. */
export class Pulses {
  /** Start of the last request that went through, monotonic ms. */
  contact = -Infinity;
  private at = 0;
  private retryMs = FIRST_RETRY_MS;
  private flight = 0;
  private flights = 0;
  private lockedSince: number | undefined;
  private lookAt = 0;

  /** Wants one now, or right after the one that is under way. */
  want(now: number): void {
    this.at = now;
  }

  /** The number of the request to send now; undefined: none. */
  take(now: number): number | undefined {
    if (this.flight !== 0 || now < this.at) return undefined;
    this.flight = ++this.flights;
    this.at = now + PULSE_MS;
    return this.flight;
  }

  /** The one under way is nobody's any more. */
  abandon(): void {
    this.flight = 0;
  }

  landed(flight: number, began: number): void {
    this.end(flight);
    this.contact = Math.max(this.contact, began);
    this.retryMs = FIRST_RETRY_MS;
    this.lockedSince = undefined;
  }

  failed({ flight, began, locked }: { flight: number; began: number; locked: boolean }, now: number): void {
    this.end(flight);
    this.lockedSince = locked ? (this.lockedSince ?? began) : undefined;
    this.at = now + this.retryMs;
    this.retryMs = Math.min(PULSE_MS, this.retryMs * 2);
  }

  /** How long the database has been locked, ms; undefined: it is not, or that was told less than a second ago. */
  locked(now: number): number | undefined {
    if (this.lockedSince === undefined || now < this.lookAt) return undefined;
    this.lookAt = now + LOOK_MS;
    return now - this.lockedSince;
  }

  private end(flight: number): void {
    if (flight === this.flight) this.flight = 0;
  }
}
