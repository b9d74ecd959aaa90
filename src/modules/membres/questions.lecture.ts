import type { Clock } from '../../runtime/clock.js';

interface Waiting<Answer> {
  resolve(answer: Answer | undefined): void;
  reject(error: unknown): void;
}

/** Questions about one thing each, asked together: all those of one turn of the event loop are one reading. Nothing is kept of the answers. */
export class Questions<Id extends string, Answer> {
  private waiting = new Map<Id, Waiting<Answer>[]>();

  /** `read` gives what exists of the ids it is asked for. */
  constructor(
    private readonly clock: Pick<Clock, 'soon'>,
    private readonly read: (ids: readonly Id[]) => Promise<ReadonlyMap<Id, Answer>>,
  ) {}

  /** What there is of `id`, as read after this call; undefined when there is nothing. */
  ask(id: Id): Promise<Answer | undefined> {
    return new Promise((resolve, reject) => {
      if (this.waiting.size === 0) this.clock.soon(() => void this.answer());
      const others = this.waiting.get(id);
      if (others === undefined) this.waiting.set(id, [{ resolve, reject }]);
      else others.push({ resolve, reject });
    });
  }

  private async answer(): Promise<void> {
    const { waiting } = this;
    this.waiting = new Map();
    try {
      const found = await this.read([...waiting.keys()]);
      for (const [id, ones] of waiting) for (const one of ones) one.resolve(found.get(id));
    } catch (error) {
      for (const ones of waiting.values()) for (const one of ones) one.reject(error);
    }
  }
}
