import type { Reporter, TestModule } from 'vitest/node';

/**
 * Writes the totals alone on a line at the very end: `N passed, N failed`, and `, N skipped` only when there are.
 * A file that could not be loaded and an error outside every test count as failures: they have no test to carry them.
 */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      const before = count.failed;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        // A test that never got its turn was not run, which is no success.
        count[state === 'pending' ? 'failed' : state]++;
      }
      if (module.state() === 'failed' && count.failed === before) count.failed++;
    }
    const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : '';
    // After the other reporters' own summaries, which are written in the same turn.
    process.on('exit', () => process.stdout.write(`${count.passed} passed, ${count.failed} failed${skipped}\n`));
  }
}
