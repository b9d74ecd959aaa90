import { defineConfig } from 'vitest/config';

const PARTS = ['src/**/*.spec.ts', 'test/{guards,protocol,runtime,storage}/**/*.spec.ts'];

export default defineConfig({
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    provide: { effort: 1 },
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // A condition is waited for as long as a busy machine may need; a condition that holds costs nothing.
    expect: { poll: { timeout: 10_000 } },
    // Two cores: more workers only make the real processes of one suite starve another.
    maxWorkers: 2,
    pool: 'forks',
    projects: [
      // What starts no instance leaves nothing behind: these files share a process, and load what they test once.
      { extends: true, test: { name: 'parts', isolate: false, include: PARTS } },
      { extends: true, test: { name: 'instances', include: ['test/**/*.spec.ts'], exclude: PARTS } },
    ],
  },
});
