/** Numbers in [0, 1) from a seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Happening<Node> {
  readonly due: number;
  readonly order: number;
  /** Whose it is; undefined: the stage's own. */
  readonly node: Node | undefined;
  readonly message: boolean;
  /** Undefined once cancelled. */
  run: (() => void) | undefined;
}

/** What is going to happen: earliest first, and in the order of `add` when due together. A binary heap. */
export class Agenda<Node> {
  private order = 0;
  private readonly queue: Happening<Node>[] = [];

  add(node: Node | undefined, due: number, message: boolean, run: () => void): Happening<Node> {
    const happening: Happening<Node> = { due, order: this.order++, node, message, run };
    const { queue } = this;
    let at = queue.push(happening) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!before(happening, queue[above]!)) break;
      queue[at] = queue[above]!;
      at = above;
    }
    queue[at] = happening;
    return happening;
  }

  /** Takes out the next one due by `target`. */
  take(target: number): Happening<Node> | undefined {
    const [top] = this.queue;
    if (top === undefined || top.due > target) return undefined;
    const last = this.queue.pop()!;
    if (this.queue.length > 0) this.sink(last);
    return top;
  }

  private sink(last: Happening<Node>): void {
    const { queue } = this;
    let at = 0;
    for (let child = 1; child < queue.length; child = 2 * at + 1) {
      if (child + 1 < queue.length && before(queue[child + 1]!, queue[child]!)) child++;
      if (!before(queue[child]!, last)) break;
      queue[at] = queue[child]!;
      at = child;
    }
    queue[at] = last;
  }
}

const before = (a: Happening<unknown>, b: Happening<unknown>): boolean => a.due < b.due || (a.due === b.due && a.order < b.order);
