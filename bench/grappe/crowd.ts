import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { memberIds } from '../support/members.js';
import { type Call, insist, type Settled } from '../support/persistent-caller.js';
import type { Seat } from './cluster.js';

/** Between two demandes of one caller: enough of them to meet every moment of a failover, too few to be a load. */
const PAUSE_MS = 10;
/** Members of one crowd: more than anybody asks for in a trial. */
const MEMBERS = 8_000;

let keys = 0;

/** Inscribes one member, under a key of its own, however often that must be asked. */
export function inscribe(url: string, seance: string, membreId: string, gaveUp: AbortSignal): Promise<Settled | undefined> {
  const key = `grappe-${String(++keys).padStart(12, '0')}`;
  const call: Call = { method: 'POST', path: `/seances/${seance}/inscriptions`, key, body: { membreId } };
  return insist(url, call, gaveUp);
}

/** Callers who inscribe members in one séance without end, one demande after another at each seat, and look at their watches. */
export class Crowd {
  static readonly members = memberIds(MEMBERS);
  answered = 0;
  /** Milliseconds of each demande that was under way at `since`, or asked later. */
  private waits: number[] = [];
  private since = Infinity;
  private next = 0;
  private over = false;
  private readonly gaveUp = new AbortController();
  private readonly callers: Promise<unknown>;

  constructor(
    seats: readonly Seat[],
    private readonly seance: string,
  ) {
    this.callers = Promise.all(seats.map((seat) => this.call(seat)));
    // Told by `stop`.
    this.callers.catch(() => undefined);
  }

  /** From now on waits count. */
  watch(): void {
    this.since = performance.now();
  }

  /** Lets everybody finish what they have asked; the longest wait. Rejects when somebody was told no. */
  async stop(): Promise<number> {
    this.over = true;
    await this.callers;
    return Math.max(0, ...this.waits);
  }

  /** Nobody waits for anything any more. */
  abandon(): void {
    this.over = true;
    this.gaveUp.abort();
  }

  private async call({ url }: Seat): Promise<void> {
    while (!this.over) {
      const membre = Crowd.members[this.next++ % MEMBERS]!;
      const asked = performance.now();
      const answer = await inscribe(url, this.seance, membre, this.gaveUp.signal);
      const answeredAt = performance.now();
      if (answer !== undefined && answer.status !== 201) throw new Error(`told ${answer.status}: ${JSON.stringify(answer.body)}`);
      this.answered++;
      if (answeredAt >= this.since) this.waits.push(answeredAt - asked);
      await wait(PAUSE_MS);
    }
  }
}
