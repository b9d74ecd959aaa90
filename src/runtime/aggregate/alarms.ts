/** A timer that is armed. Never changed: what replaces it is another one. */
export class Alarm {
  /** Where it stands in the heap. */
  at = 0;

  constructor(
    /** The stream of the fact that set it: the root's or a companion's. */
    readonly stream: string,
    readonly name: string,
    readonly due: number,
    readonly demande: { readonly type: string },
  ) {}
}

/** Up to this many, looking at all of them costs less than a map does. */
const FEW = 8;

/**
 * The armed timers of one activation, the next one first; ties in the order of stream, then of name. Arming and clearing cost O(log n).
 * Most streams have one or two, and a million of those may sleep in memory: nothing but a heap is kept of them.
 */
export class Alarms {
  /** True when one was refused and waits for the commit that proves it a bug: nothing more is decided until then. */
  stuck = false;
  /** Ids of those that were applied since something was staged last. */
  applied: Set<string> | undefined = undefined;
  private readonly heap: Alarm[] = [];
  private index: Map<string, Alarm> | undefined;

  get size(): number {
    return this.heap.length;
  }

  /** The next one, when it is due by `instant`. */
  due(instant: number): Alarm | undefined {
    const first = this.heap[0];
    return first !== undefined && first.due <= instant ? first : undefined;
  }

  find(stream: string, name: string): Alarm | undefined {
    if (this.index !== undefined) return this.index.get(key(stream, name));
    for (const alarm of this.heap) if (alarm.name === name && alarm.stream === stream) return alarm;
    return undefined;
  }

  /** Arms it, in the place of the one of that name. True when there was one. */
  set(alarm: Alarm): boolean {
    const before = this.find(alarm.stream, alarm.name);
    if (before === undefined) this.rise(alarm, this.heap.length);
    else this.place(alarm, before.at);
    this.index?.set(key(alarm.stream, alarm.name), alarm);
    if (this.index === undefined && this.heap.length > FEW) this.index = new Map(this.heap.map((one) => [key(one.stream, one.name), one]));
    return before !== undefined;
  }

  /** Disarms it. False when there is none of that name. */
  clear(stream: string, name: string): boolean {
    const alarm = this.find(stream, name);
    if (alarm === undefined) return false;
    this.index?.delete(key(stream, name));
    const last = this.heap.pop()!;
    if (last !== alarm) this.place(last, alarm.at);
    return true;
  }

  [Symbol.iterator](): IterableIterator<Alarm> {
    return this.heap.values();
  }

  /** Puts it where another one stood, then where it belongs. */
  private place(alarm: Alarm, at: number): void {
    this.rise(alarm, at);
    if (alarm.at === at) this.sink(alarm, at);
  }

  private rise(alarm: Alarm, from: number): void {
    let at = from;
    while (at > 0) {
      const above = this.heap[(at - 1) >> 1]!;
      if (!before(alarm, above)) break;
      this.put(above, at);
      at = (at - 1) >> 1;
    }
    this.put(alarm, at);
  }

  private sink(alarm: Alarm, from: number): void {
    let at = from;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= this.heap.length) break;
      if (below + 1 < this.heap.length && before(this.heap[below + 1]!, this.heap[below]!)) below++;
      if (!before(this.heap[below]!, alarm)) break;
      this.put(this.heap[below]!, at);
      at = below;
    }
    this.put(alarm, at);
  }

  private put(alarm: Alarm, at: number): void {
    this.heap[at] = alarm;
    alarm.at = at;
  }
}

function before(a: Alarm, b: Alarm): boolean {
  if (a.due !== b.due) return a.due < b.due;
  return a.stream === b.stream ? a.name < b.name : a.stream < b.stream;
}

function key(stream: string, name: string): string {
  return `${stream}\n${name}`;
}
