import { configDefaults, defineConfig } from 'vitest/config'

// A Bacalhau node takes minutes to build and seconds a job, and its tests do not yet hold on a busy machine:
// `EXECTRAIL_TEST_BACALHAU=1 npm test` runs them.
const clusters =
  process.env['EXECTRAIL_TEST_BACALHAU'] === '1'
    ? []
    : ['bacalhau', 'bacalhau-node', 'bacalhau-guests'].map((name) => `test/runtimes/${name}.test.ts`)

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...clusters],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 300_000,
    pool: 'forks',
    maxWorkers: 2,
  },
})
