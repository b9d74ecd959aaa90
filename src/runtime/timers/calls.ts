/** Calls under way: a bounded number, one per root. */
export class Calls {
  private readonly roots = new Set<string>();
  private waiting: (() => void)[] = [];

  constructor(private readonly most: number) {}

  get size(): number {
    return this.roots.size;
  }

  get full(): boolean {
    return this.roots.size >= this.most;
  }

  has(root: string): boolean {
    return this.roots.has(root);
  }

  begin(root: string): void {
    this.roots.add(root);
  }

  end(root: string): void {
    this.roots.delete(root);
    this.interrupt();
  }

  /** Resolves when a call has ended, or somebody interrupted. */
  change(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  interrupt(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}
