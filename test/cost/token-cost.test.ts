import { readFile } from 'node:fs/promises'
import { calcPrice } from '@pydantic/genai-prices'
import { describe, expect, it } from 'vitest'
import { loadPriceBook, type PriceBook } from '../../src/cost/price-book.ts'
import { createPricing } from '../../src/cost/pricing.ts'
import { TokenPrices } from '../../src/cost/token-cost.ts'

const TIME = '2026-11-01T10:00:00Z'
const book = await loadPriceBook(null)
const cost = (model: string, inputTokens: number | null, outputTokens: number | null, prices = book) =>
  new TokenPrices(prices).costOf({ model, inputTokens, outputTokens, time: TIME })

describe('the cost of tokens', () => {
  it('is that of the dated prices of the library', async () => {
    // gpt-4o: 2.50 USD and 10 USD per million
    expect(await cost('gpt-4o', 1000, 100)).toEqual({ id: 'genai-prices-0.1.8', nanoUsd: 3_500_000 })
    expect(await cost('openai/gpt-4o', 1000, 100)).toMatchObject({ nanoUsd: 3_500_000 })
    expect(await cost('gpt-4o', 1000, null)).toMatchObject({ nanoUsd: 2_500_000 })
  })

  it.each(['claude-sonnet-4-5', 'gemini-2.5-pro', 'gpt-5'])(
    'agrees with the library on %s, on each tier',
    async (model) => {
      for (const inputTokens of [0, 1, 128_000, 200_000, 200_001, 1_000_000]) {
        const usd = calcPrice({ input_tokens: inputTokens, output_tokens: 77 }, model, {
          timestamp: new Date(TIME),
        })
        const found = await cost(model, inputTokens, 77)
        expect(found?.nanoUsd).toBe(Math.round((usd?.total_price ?? Number.NaN) * 1e9))
      }
    },
  )

  it('names the version of the library that package.json pins', async () => {
    const manifest: unknown = JSON.parse(
      await readFile(new URL('../../package.json', import.meta.url), 'utf8'),
    )
    const { dependencies } = manifest as { dependencies: Record<string, string> }
    const found = await cost('gpt-4o', 1, 1)
    expect(found?.id).toBe(`genai-prices-${dependencies['@pydantic/genai-prices']}`)
  })

  it('is unknown for an unknown model, or where files replace all', async () => {
    expect(await cost('no-such-model', 1000, 100)).toBe(null)
    expect(await cost('nobody/no-such-model', 1000, 100)).toBe(null)
    const own: PriceBook = { ...book, usesLibrary: false }
    expect(await cost('gpt-4o', 1000, 100, own)).toBe(null)
  })

  it('loads no prices for executions without tokens', async () => {
    let loads = 0
    const tokens = new TokenPrices(book, () => {
      loads += 1
      return import('@pydantic/genai-prices')
    })
    const pricing = createPricing(book, tokens)
    pricing.prepare({ model: 'gpt-4o', startedAt: TIME, inputTokens: null, outputTokens: null })
    pricing.prepare({ model: null, startedAt: TIME, inputTokens: 5, outputTokens: 5 })
    expect(loads).toBe(0)
    const started = { model: 'gpt-4o', startedAt: TIME, inputTokens: 5, outputTokens: 5 }
    pricing.prepare(started)
    pricing.prepare(started)
    expect(loads).toBe(1)
  })

  it('is unknown where the prices cannot be loaded', async () => {
    const tokens = new TokenPrices(book, () => Promise.reject(new Error('not installed')))
    expect(await tokens.costOf({ model: 'gpt-4o', inputTokens: 5, outputTokens: 5, time: TIME })).toBe(null)
  })
})
