/** The price book: dated prices of resources and of tokens, from `prices/` and from files of the operator. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { ConfigError, messageOf, type Issue } from '../errors.ts'
import { RUNTIMES, type RuntimeName } from '../record/values.ts'
import { validate } from '../validation.ts'
import { parseUsd, USD_PATTERN } from './money.ts'

const FOLDER = join(import.meta.dirname, '../../prices')
const FILE_MAX_BYTES = 1_048_576

const usd = z
  .string('a decimal number of USD as text, such as "0.000014"')
  .regex(USD_PATTERN, 'a decimal number of USD such as "0.000014", without exponent or sign')
const id = z
  .string()
  .regex(/^[\w.@:-]{1,64}$/, 'at most 64 letters, digits and . _ - : @')
  .describe('Written to `priceId` of each record that is priced with this line')
const common = {
  id,
  from: z.iso.date('a day such as 2026-08-06').describe('The first day (UTC) on which the price holds'),
  source: z.string().min(1).max(500).describe('Where the price is from, and when it was read'),
}
/** Prices of what a runtime holds, from a day on. */
export const resourceLine = z.strictObject({
  ...common,
  runtimes: z.array(z.enum(RUNTIMES)).min(1),
  usdPerVcpuSecond: usd.nullable().describe('Price of a vCPU for a second; null: unknown'),
  usdPerGibSecond: usd.nullable().describe('Price of a GiB of memory for a second; null: unknown'),
})
/** Prices of a model's tokens, from a day on. */
export const modelLine = z.strictObject({
  ...common,
  model: z.string().min(1).max(200).describe('Name of the model; a * at its end stands for any ending'),
  usdPerMillionInputTokens: usd,
  usdPerMillionOutputTokens: usd,
})
/** One file of a price book. */
export const priceFileSchema = z.strictObject({
  $schema: z.string().optional(),
  replaces: z
    .literal('all')
    .optional()
    .describe('Leaves out the built-in prices. Default: the lines of this file come before them'),
  resources: z.array(resourceLine).max(1000).default([]),
  models: z.array(modelLine).max(1000).default([]),
})
type PriceFile = z.infer<typeof priceFileSchema>
export type PriceLines = Pick<PriceFile, 'resources' | 'models'>

/** Prices of what a runtime holds, 10⁻¹⁸ USD; null is unknown. */
export interface ResourcePrice {
  id: string
  perVcpuSecond: bigint | null
  perGibSecond: bigint | null
}

/** Prices of a million tokens, 10⁻¹⁸ USD. */
export interface TokenPrice {
  id: string
  perMillionInput: bigint
  perMillionOutput: bigint
}

/** Prices by day. */
export interface PriceBook {
  /** The price of a runtime at an ISO 8601 time in UTC; null where no line holds. */
  resourcePrice(runtime: RuntimeName, time: string): ResourcePrice | null
  /** The price of a model of the operator's files; null where they have none. */
  tokenPrice(model: string, time: string): TokenPrice | null
  /** Whether models outside of the files have the prices of the library. */
  readonly usesLibrary: boolean
  /** All lines, as the files have them; the first that fits is the one that holds. */
  readonly lines: PriceLines
}

/**
 * Reads the built-in prices and those at `path`, a file or a folder of `.json` files.
 * @throws {ConfigError} with every fault of every file at once
 */
export async function loadPriceBook(path: string | null): Promise<PriceBook> {
  const issues: Issue[] = []
  const own = path === null ? [] : await readFiles(path, issues)
  if (issues.length > 0) throw new ConfigError(issues)
  const replaced = own.some(({ replaces }) => replaces === 'all')
  const builtIn = replaced ? [] : await readFiles(FOLDER, issues)
  if (issues.length > 0) throw new ConfigError(issues)
  return bookOf([own, builtIn], replaced ? 'files' : 'files and library')
}

async function readFiles(path: string, issues: Issue[]): Promise<PriceFile[]> {
  const fault = (where: string, message: string): null => {
    issues.push({ path: 'EXECTRAIL_PRICES', message: `${where}: ${message}` })
    return null
  }
  let names: string[]
  try {
    const isFolder = (await stat(path)).isDirectory()
    names = isFolder
      ? (await readdir(path))
          .filter(isPriceFile)
          .toSorted()
          .map((name) => join(path, name))
      : [path]
  } catch (error) {
    fault(path, `cannot be read (${messageOf(error)})`)
    return []
  }
  if (names.length === 0) fault(path, 'has no .json file; see docs/costs.md for an example')
  const files = await Promise.all(names.map((name) => readPriceFile(name, fault)))
  const found = files.filter((file) => file !== null)
  findTwice(found, (line) => fault(path, `the id ${line} is there twice; give each line its own`))
  return found
}

function isPriceFile(name: string): boolean {
  return name.endsWith('.json') && !name.endsWith('.schema.json')
}

async function readPriceFile(
  name: string,
  fault: (where: string, message: string) => null,
): Promise<PriceFile | null> {
  try {
    const text = await readFile(name, 'utf8')
    if (text.length > FILE_MAX_BYTES) return fault(name, `is larger than ${FILE_MAX_BYTES} bytes`)
    const checked = validate(priceFileSchema, JSON.parse(text))
    if (checked.ok) return checked.value
    for (const issue of checked.issues) fault(name, `${issue.path}: ${issue.message}`)
    return null
  } catch (error) {
    return fault(name, messageOf(error))
  }
}

function findTwice(files: readonly PriceFile[], report: (id: string) => void): void {
  const seen = new Set<string>()
  for (const line of files.flatMap(({ resources, models }) => [...resources, ...models])) {
    if (seen.has(line.id)) report(line.id)
    seen.add(line.id)
  }
}

/** Files that come first win where they have a line that holds; of one set the line that began last. */
function bookOf(sets: readonly PriceFile[][], from: 'files' | 'files and library'): PriceBook {
  const resources = sets.map((files) => newestFirst(files.flatMap((file) => file.resources)))
  const models = sets.map((files) => newestFirst(files.flatMap((file) => file.models)))
  const ready = new Map(resources.flat().map((line) => [line, toResourcePrice(line)]))
  return {
    usesLibrary: from === 'files and library',
    lines: { resources: resources.flat(), models: models.flat() },
    resourcePrice(runtime, time) {
      const line = findLine(resources, time, ({ runtimes }) => runtimes.includes(runtime))
      return line === null ? null : (ready.get(line) ?? null)
    },
    tokenPrice(model, time) {
      const line = findLine(models, time, (candidate) => matches(candidate.model, model))
      if (line === null) return null
      return {
        id: line.id,
        perMillionInput: parseUsd(line.usdPerMillionInputTokens),
        perMillionOutput: parseUsd(line.usdPerMillionOutputTokens),
      }
    },
  }
}

function newestFirst<Line extends { from: string }>(lines: readonly Line[]): Line[] {
  return lines.toSorted((a, b) => (a.from < b.from ? 1 : a.from > b.from ? -1 : 0))
}

/** Days compare as text: `2026-08-06` is before `2026-08-06T…`. */
function findLine<Line extends { from: string }>(
  sets: readonly (readonly Line[])[],
  time: string,
  fits: (line: Line) => boolean,
): Line | null {
  for (const lines of sets) {
    const found = lines.find((line) => line.from <= time && fits(line))
    if (found !== undefined) return found
  }
  return null
}

function matches(pattern: string, model: string): boolean {
  return pattern.endsWith('*') ? model.startsWith(pattern.slice(0, -1)) : model === pattern
}

function toResourcePrice(line: z.infer<typeof resourceLine>): ResourcePrice {
  return {
    id: line.id,
    perVcpuSecond: readUsd(line.usdPerVcpuSecond),
    perGibSecond: readUsd(line.usdPerGibSecond),
  }
}

function readUsd(text: string | null): bigint | null {
  return text === null ? null : parseUsd(text)
}
