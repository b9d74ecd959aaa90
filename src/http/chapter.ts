import { Tags } from './documentation.js';

/** A chapter of the documentation: the operations of one kind of resource. */
export interface ChapterSpec {
  /** What it is about, in a sentence or two. */
  readonly about: string;
  /** Its place among the others: the club's from 10, the machine's from 80. */
  readonly rank: number;
}

const chapters = new Map<string, ChapterSpec>();

/** Puts the operations of a controller into the chapter `name`. Said once in full; elsewhere `@Tags(name)` is enough. */
export function Chapter(name: string, spec: ChapterSpec): ClassDecorator {
  chapters.set(name, spec);
  return Tags(name);
}

/** The chapters in the order of reading; one that nobody described comes last. */
export function inOrder(names: Iterable<string>): { readonly name: string; readonly description: string }[] {
  const rank = (name: string): number => chapters.get(name)?.rank ?? Number.MAX_SAFE_INTEGER;
  return [...new Set(names)].sort((a, b) => rank(a) - rank(b)).map((name) => ({ name, description: chapters.get(name)?.about ?? '' }));
}
