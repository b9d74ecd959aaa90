import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.spec.ts', 'test/**/*.spec.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    exclude: ['test/long/**', 'node_modules/**', 'dist/**'],
    provide: { effort: 1 },
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // A condition is waited for as long as a busy machine may need; a condition that holds costs nothing.
    expect: { poll: { timeout: 10_000 } },
    // Two cores: more workers only make the real processes of one suite starve another.
    maxWorkers: 2,
    pool: 'forks',
  },
});
