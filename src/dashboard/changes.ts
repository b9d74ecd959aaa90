import type { PublishedFact } from '../runtime/outbox/relay.js';
import type { Etats } from './etats.js';
import { frame } from './frames.js';

/** Subjects in one read. Those beyond are only named: no reader could follow so many. */
const MOST = 50;

/** What changed, for those who watch. `piece` is the state, written out once for all; without it the subject is only named. */
export type TellState = (subject: string, kind: string, piece?: Buffer) => void;

/** Subjects whose state has changed since it was last shown. Asked at intervals, so that each is read at most once per interval. */
export class Changes {
  private readonly changed = new Map<string, Set<string>>();
  private reading = false;

  constructor(private readonly etats: Etats) {}

  note(facts: readonly PublishedFact[]): void {
    for (const { kind, stream } of facts) {
      if (this.etats.reader(kind) === undefined) continue;
      const subjects = this.changed.get(kind);
      if (subjects === undefined) this.changed.set(kind, new Set([stream]));
      else subjects.add(stream);
    }
  }

  /** Nobody watches any more. */
  forget(): void {
    this.changed.clear();
  }

  /** Shows what has changed, read from the database. One reading at a time; what it could not read waits for the next. */
  async show(tell: TellState): Promise<void> {
    if (this.reading) return;
    this.reading = true;
    // Those of this moment: what changes while they are read waits for the next interval.
    const kinds = [...this.changed.keys()];
    try {
      for (const kind of kinds) await this.showKind(kind, tell);
    } finally {
      this.reading = false;
    }
  }

  private async showKind(kind: string, tell: TellState): Promise<void> {
    const subjects = [...this.changed.get(kind)!];
    this.changed.delete(kind);
    const shown = subjects.slice(0, MOST);
    try {
      const states = await this.etats.reader(kind)!(shown);
      for (const [subject, state] of states) tell(subject, kind, frame(kind, state));
    } catch {
      // The database is out of reach or the reader is wrong: the page is told to ask, and hears the reason from the door.
      for (const subject of shown) tell(subject, kind);
    }
    for (const subject of subjects.slice(MOST)) tell(subject, kind);
  }
}
