import { defineConfig, mergeConfig } from 'vitest/config';
import usual from '../../vitest.config.js';

/** Long searches: many seeds, many trials. Not part of `npm test`. */
export default mergeConfig(
  { ...usual, test: { ...usual.test, include: [], exclude: [] } },
  defineConfig({
    test: {
      root: '.',
      include: ['test/long/**/*.spec.ts'],
      exclude: ['node_modules/**', 'dist/**'],
      testTimeout: 1_800_000,
      passWithNoTests: true,
    },
  }),
);
