/** What a replica counts of itself. */
import type { Counters } from './counters.js';
import type { Group } from './replica-group.js';

export class Figures {
  merged = 0;
  private operations = 0;
  private replays = 0;
  private refused = 0;
  private commits = 0;
  private carried = 0;

  /** Counts what a group did; true when there was something to commit. */
  add(group: Group): boolean {
    this.operations += group.movements.length;
    this.carried += group.answers.length;
    for (const { answer } of group.answers) {
      const { outcome } = answer;
      if (outcome.is === 'refused') this.refused++;
      else if (outcome.is === 'done' && outcome.replayed) this.replays++;
    }
    if (!group.empty) this.commits++;
    return !group.empty;
  }

  /** `carried`: operations answered. `slots`: all that are known; `archived`: those of them whose entries are in the store only. */
  of({ vector }: Counters) {
    const { operations, replays, refused, commits, carried, merged } = this;
    let archived = 0;
    for (const known of vector.values()) if (known.archived) archived++;
    return { operations, replays, refused, commits, carried, merged, slots: vector.size, archived };
  }
}
