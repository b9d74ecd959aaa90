import { mergeConfig } from 'vitest/config';
import usual from '../../vitest.config.js';

/**
 * `npm run test:long`: the properties of `npm test`, searched forty times harder, and on both engines what `npm test` shares between them. Its own list of
 * files, each in a process of its own.
 */
const { projects: _, ...test } = usual.test ?? {};

export default mergeConfig(
  { ...usual, test: { ...test, maxWorkers: 2, include: [], exclude: ['node_modules/**', 'dist/**'], provide: { effort: 40 } } },
  {
    test: {
      root: '.',
      include: [
        'src/**/*.properties.spec.ts',
        'src/**/*.listener.spec.ts',
        'src/runtime/supervision/chaos.spec.ts',
        'src/dashboard/audience.spec.ts',
        'test/storage/order.spec.ts',
        'test/protocol/*.search.spec.ts',
        'test/guards/machine.properties.spec.ts',
        'test/guards/failpoints*.spec.ts',
        'test/e2e/annee-de-prets.spec.ts',
        'test/cluster/chaos.spec.ts',
        'test/cluster/kill9.spec.ts',
        'test/cluster/reveils.spec.ts',
        'test/cluster/grappe-morts.spec.ts',
        'test/cluster/grappe-gel.spec.ts',
        'test/cluster/grappe-coupures.spec.ts',
        'test/cluster/grappe-tournante.spec.ts',
        'test/web/visite-grappe.spec.ts',
      ],
      testTimeout: 1_800_000,
    },
  },
);
