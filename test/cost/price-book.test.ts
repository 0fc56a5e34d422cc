import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { loadPriceBook, priceFileSchema } from '../../src/cost/price-book.ts'
import { parseUsd } from '../../src/cost/money.ts'
import { NODE_LINE, writePriceFiles } from './price-files.ts'

const LATER = { ...NODE_LINE, id: 'rack-8', from: '2026-06-01', usdPerVcpuSecond: '0.00002' }

describe('the price book', () => {
  it('has a price of E2B, and of the own nodes none', async () => {
    const book = await loadPriceBook(null)
    expect(book.resourcePrice('e2b', '2026-11-29T00:00:00Z')).toEqual({
      id: 'e2b-2026-08-06',
      perVcpuSecond: parseUsd('0.000014'),
      perGibSecond: parseUsd('0.0000045'),
    })
    expect(book.resourcePrice('e2b', '2026-08-05T23:59:59Z')).toBe(null)
    expect(book.resourcePrice('vm2', '2026-11-29T00:00:00Z')).toMatchObject({ perVcpuSecond: null })
  })

  it('takes the line that began last, of the operator before the built-in', async () => {
    const e2b = { ...NODE_LINE, id: 'our-e2b', runtimes: ['e2b'], from: '2026-10-01' }
    const folder = await writePriceFiles({
      'a.json': { resources: [NODE_LINE, e2b] },
      'b.json': { resources: [LATER] },
    })
    const book = await loadPriceBook(folder)
    const idAt = (runtime: 'vm2' | 'e2b', day: string) => book.resourcePrice(runtime, `${day}T00:00:00Z`)?.id
    expect(idAt('vm2', '2026-05-31')).toBe('rack-7')
    expect(idAt('vm2', '2026-06-01')).toBe('rack-8')
    expect(idAt('e2b', '2026-09-30')).toBe('e2b-2026-08-06')
    expect(idAt('e2b', '2026-10-01')).toBe('our-e2b')
  })

  it('leaves out the built-in prices where a file replaces all', async () => {
    const folder = await writePriceFiles({ 'own.json': { replaces: 'all', resources: [NODE_LINE] } })
    const book = await loadPriceBook(join(folder, 'own.json'))
    expect(book.resourcePrice('e2b', '2026-11-29T00:00:00Z')).toBe(null)
    expect(book.usesLibrary).toBe(false)
  })

  it('names every fault of every file at once', async () => {
    const folder = await writePriceFiles({
      'a.json': { resources: [{ ...NODE_LINE, usdPerVcpuSecond: '1e-5', runtimes: ['lambda'] }] },
      'b.json': '{ not json',
      'c.json': { resources: [NODE_LINE, NODE_LINE], extra: 1 },
      'd.json': { resources: [LATER, LATER] },
    })
    const error: unknown = await loadPriceBook(folder).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'invalid_config' })
    const { message } = error as Error
    expect(message).toContain(
      'a.json: resources.0.usdPerVcpuSecond: a decimal number of USD such as "0.000014"',
    )
    expect(message).toContain('a.json: resources.0.runtimes.0: one of: vm2, subprocess')
    expect(message).toContain('b.json: ')
    expect(message).toContain('c.json: extra: unknown; known are: $schema, replaces, resources, models')
    expect(message).toContain('the id rack-8 is there twice')
  })

  it('names a file that is not there', async () => {
    await expect(loadPriceBook('/no/such/prices')).rejects.toThrow(
      'EXECTRAIL_PRICES: /no/such/prices: cannot be read',
    )
  })

  it('has the schema that editors read', async () => {
    const file = await readFile(new URL('../../prices/price-book.schema.json', import.meta.url), 'utf8')
    expect(JSON.parse(file)).toEqual(z.toJSONSchema(priceFileSchema, { io: 'input' }))
  })
})
