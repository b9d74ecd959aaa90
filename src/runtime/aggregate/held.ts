import type { FactPlace } from './aggregate.js';

/** The versions of a companion before and after one decision. */
export interface Step {
  readonly from: number;
  to: number;
}

/** What one decision read and wrote, the companions included. */
export class Apart {
  /** Every companion that was read or written. */
  readonly steps = new Map<string, Step>();
  /** Where each fact of the decision stands, in order. */
  readonly places: FactPlace<unknown>[] = [];
}

/** The companions that an activation holds, by version; 0: known not to exist. */
export class Held {
  private readonly versions = new Map<string, number>();
  /** Facts said of companions in this life, and how many of them were said when the last group was sealed. */
  private moves = 0;
  private sealedMoves = 0;

  has(stream: string): boolean {
    return this.versions.has(stream);
  }

  version(stream: string): number {
    return this.versions.get(stream) ?? 0;
  }

  streams(): IterableIterator<string> {
    return this.versions.keys();
  }

  /** It is held from now on, at this version. */
  bring(stream: string, version: number): void {
    this.versions.set(stream, version);
  }

  /** The decision rests on this companion as it is: its head will be compared. */
  read(stream: string, apart: Apart): number {
    const version = this.version(stream);
    if (!apart.steps.has(stream)) apart.steps.set(stream, { from: version, to: version });
    return version;
  }

  /** One more fact of a companion; a stream that nobody held begins with it. */
  advance(stream: string, apart: Apart): number {
    const next = this.read(stream, apart) + 1;
    this.versions.set(stream, next);
    apart.steps.get(stream)!.to = next;
    this.moves++;
    return next;
  }

  seal(): void {
    this.sealedMoves = this.moves;
  }

  /** True when nothing was said of a companion since the last group was sealed. */
  get clean(): boolean {
    return this.moves === this.sealedMoves;
  }

  /** Lets go of these, and of all that do not exist: anybody may ask about made-up ones. */
  release(streams: readonly string[]): void {
    for (const stream of streams) this.versions.delete(stream);
    for (const [stream, version] of this.versions) if (version === 0) this.versions.delete(stream);
  }
}
