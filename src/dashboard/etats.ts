import { Injectable } from '@nestjs/common';

/** Reads subjects as their GET shows them; those that do not exist are left out. */
export type StateReader = (subjects: readonly string[]) => Promise<ReadonlyMap<string, unknown>>;

/** What the event stream shows whole, by kind of aggregate. The application adds the readers of its modules. */
@Injectable()
export class Etats {
  private readonly readers = new Map<string, StateReader>();

  /** Subjects of `kind` are shown as events of that name. */
  show(kind: string, reader: StateReader): void {
    this.readers.set(kind, reader);
  }

  reader(kind: string): StateReader | undefined {
    return this.readers.get(kind);
  }
}
