/**
 * Which living aggregates leave memory although nobody waited long enough for it: those that worked here in their owner's place, and those that the
 * last view gave to another instance. Each goes as soon as what it holds is done: the fence makes finishing here safe, so nothing queued is lost.
 */
import type { Clock } from '../clock.js';
import type { Activation } from './activation.js';

/** Streams placed in one event-loop turn: with a million alive, placing all of them at once would stop it. */
const SLICE = 10_000;

export class Departures {
  private readonly leaving = new Set<Activation>();
  /** Every release has a number: a newer view ends the round of an older one. */
  private round = 0;

  constructor(
    private readonly living: Map<string, Activation>,
    private readonly clock: Clock,
  ) {}

  /** It leaves when it is idle. */
  mark(activation: Activation): void {
    this.leaving.add(activation);
  }

  /** It stays: it works for its owner again. */
  keep(activation: Activation): void {
    this.leaving.delete(activation);
  }

  /** Something of it was answered: perhaps the last thing. Its own commit tells it so only after the answer. */
  answered(activation: Activation): void {
    if (this.leaving.has(activation)) this.clock.soon(() => this.leaveIfIdle(activation));
  }

  /** What no answer told of: those that waited for nothing, or for a rebuild. */
  sweep(): void {
    for (const activation of this.leaving) this.leaveIfIdle(activation);
  }

  /** Lets go of every stream that `owns` denies. */
  release(owns: (stream: string) => boolean): void {
    const round = ++this.round;
    const streams = this.living.entries();
    const slice = (): void => {
      for (let left = SLICE; left > 0 && round === this.round; left--) {
        const next = streams.next();
        if (next.done === true) return;
        const [stream, activation] = next.value;
        if (owns(stream)) this.keep(activation);
        else {
          this.mark(activation);
          this.leaveIfIdle(activation);
        }
      }
      if (round === this.round) this.clock.soon(slice);
    };
    slice();
  }

  /** Drops every copy at once: the idle are forgotten, the others are rebuilt for the demandes that wait. */
  dropAll(): void {
    for (const [stream, activation] of this.living) {
      if (activation.idle) this.living.delete(stream);
      else activation.discard();
    }
    this.sweep();
  }

  private leaveIfIdle(activation: Activation): void {
    if (!this.leaving.has(activation) || !activation.idle) return;
    this.leaving.delete(activation);
    if (this.living.get(activation.stream) === activation) this.living.delete(activation.stream);
  }
}
