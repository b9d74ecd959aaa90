import {
  type ArmedTimer,
  type DueBacklog,
  DUE_COUNTED,
  type DueKey,
  type DueRoot,
  type StoredTimers,
  type TimerKey,
} from '../../src/runtime/outbox/stored-timers.js';

/** Armed timers in memory, with the reads of a storage. Tests arm and clear them by hand. */
export class MemoryTimers implements StoredTimers {
  private armed: ArmedTimer[] = [];
  /** Awaited by every read before it looks; a rejection is the database's. */
  gate: () => Promise<void> = () => Promise.resolve();
  /** What was read of what is due. */
  reads = 0;

  arm(root: string, due: number, { name = 't', stream = root, kind = 'toy' } = {}): void {
    this.clear(stream, name);
    this.armed.push({ stream, name, root, kind, due });
  }

  clear(stream: string, name = 't'): void {
    this.armed = this.armed.filter((one) => one.stream !== stream || one.name !== name);
  }

  /** What an owner's commit does with everything of `root` due at `now`. */
  apply(root: string, now: number): void {
    this.armed = this.armed.filter((one) => one.root !== root || one.due > now);
  }

  get size(): number {
    return this.armed.length;
  }

  async dueTimers(now: number, limit: number, after: DueKey = [-Infinity, '']): Promise<DueRoot[]> {
    this.reads++;
    await this.gate();
    const found = this.sorted().filter(({ due, root }) => due <= now && compare([due, root], after) > 0);
    return found.slice(0, limit).map(({ root, kind, due }) => ({ root, kind, due }));
  }

  async nextTimer(after: number): Promise<number | undefined> {
    await this.gate();
    return this.sorted().find(({ due }) => due > after)?.due;
  }

  async timers(after: TimerKey | undefined, limit: number): Promise<ArmedTimer[]> {
    await this.gate();
    return this.sorted()
      .filter((one) => after === undefined || compare(keyOf(one), after) > 0)
      .slice(0, limit);
  }

  async dueBacklog(now: number): Promise<DueBacklog> {
    await this.gate();
    const due = this.sorted().filter((one) => one.due <= now);
    return { due: Math.min(due.length, DUE_COUNTED), bounded: due.length >= DUE_COUNTED, oldest: due[0]?.due ?? null };
  }

  private sorted(): ArmedTimer[] {
    return this.armed.toSorted((a, b) => compare(keyOf(a), keyOf(b)));
  }
}

const keyOf = ({ due, root, stream, name }: ArmedTimer): TimerKey => [due, root, stream, name];

function compare(a: readonly (string | number)[], b: readonly (string | number)[]): number {
  for (const [i, one] of a.entries()) if (one !== b[i]) return one < b[i]! ? -1 : 1;
  return 0;
}
