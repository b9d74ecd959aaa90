import type { Clock } from '../clock.js';
import { Contended, concernsStorage } from '../outbox/storage-errors.js';
import type { Event } from './membership.words.js';
import type { NodeTable } from './node-port.js';
import type { Peer } from './peer.js';
import { JUDGE_MS } from './timing.js';
import type { Transport } from './transport-port.js';

interface Means {
  readonly table: NodeTable;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly report: (message: string, error?: unknown) => void;
}

/** What membership asks of the table and of witnesses. Each promise resolves with what then happens to it, and never rejects. */
export class Requests {
  private lastError = '';

  constructor(private readonly means: Means) {}

  async join(flight: number, me: Peer): Promise<Event> {
    const began = this.means.clock.monotonic();
    try {
      const reading = await this.means.table.join(me);
      this.lastError = '';
      return { type: 'joined', flight, me, began, reading };
    } catch (error) {
      return this.failed('This instance cannot join yet; it goes on trying', error, flight, began);
    }
  }

  async touch(flight: number, incarnation: string, known: number): Promise<Event> {
    const began = this.means.clock.monotonic();
    try {
      const { alive, ...reading } = await this.means.table.touch(incarnation, known);
      this.lastError = '';
      return { type: 'touched', flight, incarnation, began, alive, reading };
    } catch (error) {
      return this.failed('The table of nodes cannot be reached; the view stays as it is', error, flight, began);
    }
  }

  async judge(about: string): Promise<Event> {
    try {
      return { type: 'judged', about, reading: await this.means.table.judge(about) };
    } catch (error) {
      this.complain('A silent member could not be declared dead', error);
      return { type: 'judged', about, reading: undefined };
    }
  }

  async ask(about: string, witnesses: readonly Peer[]): Promise<Event> {
    const answers = await Promise.all(witnesses.map((witness) => this.testimony(about, witness)));
    return {
      type: 'testified',
      about,
      agree: answers.filter((answer) => answer === true).length,
      deny: answers.filter((answer) => answer === false).length,
    };
  }

  private async testimony(about: string, witness: Peer): Promise<boolean | undefined> {
    let answer: unknown;
    const onPiece = (piece: unknown): void => {
      answer = piece;
    };
    try {
      await this.means.transport.call(witness, 'testify', { incarnation: about }, { timeoutMs: JUDGE_MS, onPiece });
    } catch {
      // Who cannot answer has no opinion.
    }
    return typeof answer === 'boolean' ? answer : undefined;
  }

  private failed(message: string, error: unknown, flight: number, began: number): Event {
    this.complain(message, error);
    return { type: 'failed', flight, began, locked: error instanceof Contended };
  }

  /** Once for each reason: what lasts is shown by the state. */
  private complain(message: string, error: unknown): void {
    const reason = concernsStorage(error) && error instanceof Error ? error.name : String(error);
    if (reason !== this.lastError) this.means.report(message, error);
    this.lastError = reason;
  }
}
