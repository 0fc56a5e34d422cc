import { defineConfig } from 'vitest/config'
import { SpreadLong } from './test/support/spread-long.ts'

/** Their files run one after the other in a process that loads each module once: they change nothing that is global to it. */
const SHARING = ['api', 'cli', 'client', 'cost', 'dashboard', 'mcp', 'record', 'service', 'store'].map(
  (folder) => `test/${folder}/**/*.test.ts`,
)

export default defineConfig({
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    // Two processors, which a slow machine shares with what the tests start.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
    pool: 'forks',
    maxWorkers: 2,
    sequence: { sequencer: SpreadLong },
    projects: [
      { extends: true, test: { name: 'own process', include: ['test/**/*.test.ts'], exclude: SHARING } },
      { extends: true, test: { name: 'shared process', include: SHARING, isolate: false } },
    ],
  },
})
