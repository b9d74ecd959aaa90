interface Turn {
  readonly work: () => Promise<unknown>;
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
}

/** Urgent pieces in a row before the usual work has a turn again. Raising it lets a rush of them hold demandes back for longer. */
const IN_A_ROW = 4;

/**
 * Lets one piece of work run at a time, in the order of arrival: a connection holds one transaction. Urgent work goes ahead of all that waits
 * (what runs already ends first), but at most `IN_A_ROW` pieces of it while other work waits.
 */
export class Lane {
  private readonly usual: Turn[] = [];
  private readonly urgent: Turn[] = [];
  private running = false;
  private inARow = 0;

  /** Runs `work` when what is before it has ended, well or badly. */
  run<T>(work: () => Promise<T>, urgent = false): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      (urgent ? this.urgent : this.usual).push({ work, resolve, reject });
      if (!this.running) void this.serve();
    });
  }

  /** True while work that is not urgent waits for its turn. */
  get crowded(): boolean {
    return this.usual.length > 0;
  }

  private async serve(): Promise<void> {
    this.running = true;
    for (let turn = this.next(); turn !== undefined; turn = this.next()) {
      try {
        turn.resolve((await turn.work()) as never);
      } catch (error) {
        turn.reject(error);
      }
    }
    this.running = false;
  }

  private next(): Turn | undefined {
    const urgent = this.usual.length === 0 || this.inARow < IN_A_ROW ? this.urgent.shift() : undefined;
    this.inARow = urgent === undefined ? 0 : this.inARow + 1;
    return urgent ?? this.usual.shift();
  }
}
