import { expect, it } from 'vitest'
import { createExecutor } from '../../src/executor/executor.ts'
import { offlineConfig } from '../support/configuration.ts'
import { temporaryDirectory } from '../support/directory.ts'

it('does not wait at the end where no Collector is known; the records stay in the outbox', async () => {
  await using home = await temporaryDirectory()
  const executor = await createExecutor({ config: offlineConfig(home.path) })
  await executor.execute({ runtime: 'subprocess', language: 'bash', code: 'true' })
  const begun = performance.now()
  const { left } = await executor.close()
  expect(performance.now() - begun).toBeLessThan(4500)
  expect(left).toBeGreaterThan(0)
})
