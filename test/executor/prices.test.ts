/** Costs on the record of a real run, by prices of the operator. */
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createExecutor } from '../../src/executor/executor.ts'
import { NODE_LINE, writePriceFiles } from '../cost/price-files.ts'
import { offlineConfig } from '../support/configuration.ts'
import { temporaryDirectory } from '../support/directory.ts'

it('prices a local run by the node of the operator, and its tokens by the library', async () => {
  await using home = await temporaryDirectory()
  const folder = await writePriceFiles({ 'own.json': { resources: [NODE_LINE] } })
  const executor = await createExecutor({ config: offlineConfig(home.path, { EXECTRAIL_PRICES: folder }) })
  const result = await executor.execute({
    runtime: 'subprocess',
    language: 'bash',
    code: 'echo hello',
    usage: { inputTokens: 1000, outputTokens: 100, model: 'gpt-4o' },
  })
  const unpriced = await executor.execute({ runtime: 'subprocess', language: 'bash', code: 'echo hello' })
  await executor.close()
  expect(result).toMatchObject({ costTokensNanoUsd: 3_500_000, priceId: 'rack-7+genai-prices-0.1.8' })
  // 10,000 × s of processor time + 2,000 × GiB of the peak × s
  const { cpuMs, memoryPeakBytes, durationMs } = result
  const nanoUsd = Number(cpuMs) * 10 + (Number(memoryPeakBytes) / 2 ** 30) * durationMs * 2
  expect(Math.abs(Number(result.costRunNanoUsd) - nanoUsd)).toBeLessThanOrEqual(1)
  expect(result.costAllocatedNanoUsd).toBeGreaterThanOrEqual(Number(result.costRunNanoUsd))
  expect(unpriced).toMatchObject({ costTokensNanoUsd: null, priceId: 'rack-7' })
})

it('does not know what a local run costs where the operator has set no price', async () => {
  await using home = await temporaryDirectory()
  const executor = await createExecutor({ config: offlineConfig(home.path) })
  const result = await executor.execute({ runtime: 'subprocess', language: 'bash', code: 'echo hello' })
  await executor.close()
  expect(result).toMatchObject({ costRunNanoUsd: null, costAllocatedNanoUsd: null, priceId: null })
})

it('does not start with a faulty file of prices', async () => {
  await using home = await temporaryDirectory()
  const folder = await writePriceFiles({ 'own.json': { resources: [{ ...NODE_LINE, usdPerGibSecond: 2 }] } })
  const config = offlineConfig(home.path, { EXECTRAIL_PRICES: folder })
  await expect(createExecutor({ config })).rejects.toThrow(
    join(folder, 'own.json: resources.0.usdPerGibSecond'),
  )
})
