import { defineConfig } from 'vitest/config';

const PARTS = ['src/**/*.spec.ts', 'test/{guards,page,protocol,runtime,storage}/**/*.spec.ts'];
/** What the log says is its whole process's. */
const DOORS = ['test/e2e/!(logs).spec.ts'];
const PAGE = ['test/web/**/*.spec.ts'];

/** For two cores: these wait for disks and clocks more than they reckon. */
const BUSY = { maxWorkers: 3, sequence: { groupOrder: 0 } };
/** Several processes each, and seconds that count: one more worker only makes the processes of one suite starve another's. */
const CALM = { maxWorkers: 2, sequence: { groupOrder: 1 } };

export default defineConfig({
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    provide: { effort: 1 },
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // A condition is waited for as long as a busy machine may need; a condition that holds costs nothing.
    expect: { poll: { timeout: 10_000 } },
    pool: 'forks',
    projects: [
      // What starts no instance leaves nothing behind: these files share a process, and load what they test once.
      { extends: true, test: { name: 'parts', isolate: false, include: PARTS, ...BUSY } },
      // These end every instance that they start, and all of them in their own process.
      { extends: true, test: { name: 'doors', isolate: false, include: DOORS, ...BUSY } },
      { extends: true, test: { name: 'page', include: PAGE, ...BUSY } },
      { extends: true, test: { name: 'processes', include: ['test/**/*.spec.ts'], exclude: [...PARTS, ...DOORS, ...PAGE], ...CALM } },
    ],
  },
});
