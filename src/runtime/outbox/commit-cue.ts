import type { Clock } from '../clock.js';

/** Between two cues. Raising it delays what was written here and is published elsewhere; lowering it costs a message per commit. */
const APART_MS = 20;

/** Tells that facts were committed here: at once, then at most once per `APART_MS`; the last one is never swallowed. */
export class CommitCue {
  private resting = false;
  private again = false;

  constructor(
    private readonly clock: Clock,
    private readonly tell: () => void,
  ) {}

  give(): void {
    if (this.resting) {
      this.again = true;
      return;
    }
    this.resting = true;
    this.again = false;
    this.clock.after(APART_MS, () => {
      this.resting = false;
      if (this.again) this.give();
    });
    this.tell();
  }
}
