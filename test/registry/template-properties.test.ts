import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { main as explainCron } from '../../templates/cron-explain/main.ts'
import { main as totalInvoice } from '../../templates/invoice-totals/main.ts'
import { main as deriveSchema } from '../../templates/schema-from-samples/main.ts'
import { main as convert } from '../../templates/unit-conversion/main.ts'
import { loadConfig } from '../../src/config.ts'
import { createExecutor } from '../../src/executor/executor.ts'
import type { Json } from '../../src/execution.ts'
import { readTemplate } from '../../src/registry/templates.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { recordingTrail } from '../support/recording-trail.ts'

const home = await temporaryDirectory()
const executor = await createExecutor({
  config: loadConfig({ ...process.env, EXECTRAIL_HOME: home.path }),
  trail: recordingTrail(),
})
afterAll(async () => {
  await executor.close(0)
  await home[Symbol.asyncDispose]()
})

interface Operation {
  op: string
  path: string
  value?: unknown
}

/** RFC 6902 as far as json-diff writes it. */
function applyPatch(value: unknown, patch: readonly Operation[]): unknown {
  const root = { value: structuredClone(value) }
  for (const { op, path, value: given } of patch) {
    const parts = `/value${path}`.split('/').slice(1)
    const names = parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    const last = names.pop() ?? ''
    let at: unknown = root
    for (const name of names) at = Reflect.get(Object(at), name)
    if (Array.isArray(at)) at.splice(Number(last), op === 'add' ? 0 : 1, ...(op === 'remove' ? [] : [given]))
    else if (op === 'remove') Reflect.deleteProperty(Object(at), last)
    else
      Object.defineProperty(Object(at), last, {
        value: given,
        enumerable: true,
        writable: true,
        configurable: true,
      })
  }
  return root.value
}

describe('json-diff', () => {
  it('writes patches that lead from any value to any other', async () => {
    const pairs = fc.sample(fc.tuple(fc.jsonValue({ maxDepth: 4 }), fc.jsonValue({ maxDepth: 4 })), 200)
    const lists = fc.sample(fc.tuple(fc.array(fc.nat(3)), fc.array(fc.nat(3))), 200)
    // One run for all pairs.
    const template = await readTemplate('json-diff')
    const code = template.code.replace('export function main', 'function diff')
    const all = [...pairs, ...lists].map(([before, after]) => JSON.parse(JSON.stringify({ before, after })))
    const { result } = await executor.execute({
      runtime: 'subprocess',
      language: 'javascript',
      input: all,
      code: `${code}\nexport function main(all) { return all.map((one) => diff(one).patch) }`,
    })
    const patches = result as unknown as readonly (readonly Operation[])[]
    const applied = all.map(({ before }, index) => applyPatch(before, patches[index] ?? []))
    expect(applied).toEqual(all.map(({ after }) => after))
  })
})

describe('schema-from-samples', () => {
  it('derives a schema that every sample matches', () => {
    const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>
    fc.assert(
      fc.property(fc.array(json, { minLength: 1, maxLength: 5 }), fc.boolean(), (samples, closed) => {
        const plain = JSON.parse(JSON.stringify(samples)) as never[]
        const { schema } = deriveSchema({ samples: plain, closed, enumMax: 3, formats: false })
        const validate = new Ajv2020({ strict: false, ownProperties: true }).compile(schema)
        for (const sample of plain) expect(validate(sample), JSON.stringify([sample, schema])).toBe(true)
      }),
    )
  })
})

describe('invoice-totals', () => {
  const cents = fc.integer({ min: -100_000, max: 1_000_000 }).map((units) => (units / 100).toFixed(2))
  const line = fc.record({
    unitPrice: cents,
    quantity: fc.constantFrom(1, 3, '0.333', 12),
    taxPercent: fc.constantFrom(0, 7, 19, '5.5'),
  })

  it('adds up: net and tax are the total, and a discount is shared to the last cent', () => {
    const units = (text: string): bigint => BigInt(text.replace('.', ''))
    fc.assert(
      fc.property(fc.array(line, { minLength: 1 }), fc.integer({ min: 0, max: 100 }), (lines, percent) => {
        const totals = totalInvoice({ lines, discountPercent: percent })
        const sum = (texts: string[]): bigint => texts.reduce((all, text) => all + units(text), 0n)
        expect(sum(totals.lines.map(({ amount }) => amount))).toBe(units(totals.subtotal))
        expect(sum(totals.taxes.map(({ net }) => net))).toBe(units(totals.subtotal) - units(totals.discount))
        expect(units(totals.net) + units(totals.tax)).toBe(units(totals.total))
        // What prices with tax in them come to is what is paid.
        const gross = totalInvoice({ lines, discountPercent: percent, pricesIncludeTax: true })
        expect(units(gross.total)).toBe(units(gross.subtotal) - units(gross.discount))
      }),
    )
  })

  it.each([[{ unitPrice: '1,50' }], [{ unitPrice: 'NaN' }], [{ unitPrice: 1, taxPercent: -1 }]])(
    'names the place of an amount that is none: %j',
    (wrong) => {
      expect(() => totalInvoice({ lines: [{ unitPrice: 1 }, wrong] })).toThrow(/^lines\.1\./u)
    },
  )
})

describe('cron-explain', () => {
  it('lists times that all fit the expression', () => {
    const part = (least: number, most: number): fc.Arbitrary<string> =>
      fc.oneof(
        fc.constant('*'),
        fc.integer({ min: least, max: most }).map(String),
        fc.integer({ min: 1, max: 20 }).map((step) => `*/${step}`),
      )
    const expression = fc.tuple(part(0, 59), part(0, 23), part(1, 31), part(1, 12), part(0, 7))
    fc.assert(
      fc.property(expression, (parts) => {
        const { fields, next } = explainCron({ expression: parts.join(' '), from: '2026-11-30T05:00:00Z' })
        for (const time of next.map((text) => new Date(text))) {
          expect(fields.minute).toContain(time.getUTCMinutes())
          expect(fields.hour).toContain(time.getUTCHours())
          expect(fields.month).toContain(time.getUTCMonth() + 1)
          const [byDate, byDay] = [
            fields.dayOfMonth.includes(time.getUTCDate()),
            fields.dayOfWeek.includes(time.getUTCDay()),
          ]
          expect(parts[2] === '*' || parts[4] === '*' ? byDate && byDay : byDate || byDay).toBe(true)
        }
        expect(next).toEqual(next.toSorted())
      }),
    )
  })

  it.each([
    '* * * *',
    '60 * * * *',
    '5-1 * * * *',
    '*/0 * * * *',
    '* * * FOO *',
    '@reboot',
    '1-2-3 * * * *',
    ', * * * *',
  ])('refuses %s with the reason', (expression) => {
    expect(() => explainCron({ expression })).toThrow(/five fields|minute|month|@yearly/u)
  })
})

describe('unit-conversion', () => {
  it('comes back to the value it began with', () => {
    const pairs = [
      ['mi', 'nm'],
      ['°F', 'K'],
      ['tsp', 'bbl'],
      ['kWh', 'eV'],
    ] as const
    for (const [one, other] of pairs) {
      const there = convert({ value: 12.5, from: one, to: other })
      expect(convert({ value: there.result, from: other, to: one }).result).toBeCloseTo(12.5, 9)
    }
  })

  it.each([
    ['furlong', 'm', /no unit/u],
    ['kilometer', 'hour', /length.*time/u],
    ['kilometr', 'm', /Did you mean .*kilometre/u],
  ])('says why %s does not become %s', (from, to, why) => {
    expect(() => convert({ value: 1, from, to })).toThrow(why)
  })

  it('knows no temperature below absolute zero', () => {
    expect(() => convert({ value: -274, from: 'C', to: 'K' })).toThrow(/absolute zero/u)
  })
})
