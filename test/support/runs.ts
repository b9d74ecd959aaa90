import { inject } from 'vitest';

declare module 'vitest' {
  export interface ProvidedContext {
    /** How many times harder than usual properties search: 1 in `npm test`, more in `npm run test:long`. */
    effort: number;
  }
}

/** True in `npm run test:long`. */
export function long(): boolean {
  return inject('effort') > 1;
}

/** The number of runs of a property that usually has `usual` of them. */
export function runs(usual: number): number {
  return usual * inject('effort');
}
