/** Lets one piece of work run at a time, in the order of arrival: a connection holds one transaction. */
export class Lane {
  private tail: Promise<unknown> = Promise.resolve();

  /** Runs `work` when everything before it has ended, well or badly. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.tail.then(work);
    this.tail = turn.catch(() => undefined);
    return turn;
  }
}
