import { inject } from 'vitest';
import { findChromium } from '../../bench/support/chromium.js';

/** The browser of the tests; where it must be installed first, once for all the files of this run. */
export const chromium = (env?: NodeJS.ProcessEnv, usual?: string): Promise<string> => findChromium(() => inject('built'), env, usual);
