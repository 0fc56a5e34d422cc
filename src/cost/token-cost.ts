/** What the tokens of a model cost: by the operator's lines, else by the dated prices of `@pydantic/genai-prices`. */
import { LRUCache } from 'lru-cache'
import { divideRounded, parseUsd, PRICE_UNITS_PER_NANO_USD, USD_PATTERN } from './money.ts'
import type { PriceBook, TokenPrice } from './price-book.ts'

type Library = Pick<typeof import('@pydantic/genai-prices'), 'calcPrice'>
type Rate = import('@pydantic/genai-prices').ModelPrice[string]

/** Tokens of one execution. */
export interface TokenUse {
  model: string
  inputTokens: number | null
  outputTokens: number | null
  /** ISO 8601 UTC */
  time: string
}

export interface TokenCost {
  nanoUsd: number
  id: string
}

/** What `package.json` pins; part of `priceId`. */
const LIBRARY_ID = 'genai-prices-0.1.8'
const MILLION = 1_000_000n
const MODELS_MAX = 1000
/** Some prices change within the day, on the half hour. */
const SAME_PRICE_MS = 900_000

/** Prices of models. The library has megabytes of them and is loaded for the first execution with tokens. */
export class TokenPrices {
  readonly #book: PriceBook
  readonly #load: () => Promise<Library>
  #library: Library | null = null
  #loading: Promise<Library | null> | null = null
  /** Rates by model and quarter of an hour. */
  readonly #rates = new LRUCache<string, { rates: Rates | null }>({ max: MODELS_MAX })

  constructor(book: PriceBook, load: () => Promise<Library> = () => import('@pydantic/genai-prices')) {
    this.#book = book
    this.#load = load
  }

  /** Begins to load what `costOf` needs for this model, so that it need not wait. */
  prepare(model: string, time: string): void {
    if (this.#needsLibrary(model, time)) void this.#open()
  }

  /** Null where the model or its price is unknown; a promise until the library is there. */
  costOf(use: TokenUse): TokenCost | null | Promise<TokenCost | null> {
    const own = this.#book.tokenPrice(use.model, use.time)
    if (own !== null) return { id: own.id, nanoUsd: tokenCost(use, own) }
    if (!this.#book.usesLibrary) return null
    if (this.#library !== null) return this.#costByLibrary(use, this.#library)
    return this.#open().then((library) => (library === null ? null : this.#costByLibrary(use, library)))
  }

  #needsLibrary(model: string, time: string): boolean {
    return this.#library === null && this.#book.usesLibrary && this.#book.tokenPrice(model, time) === null
  }

  #open(): Promise<Library | null> {
    this.#loading ??= this.#load().then(
      (library) => (this.#library = library),
      (error: unknown) => {
        process.emitWarning(`prices of tokens cannot be loaded, so their costs are null: ${String(error)}`, {
          type: 'ExectrailWarning',
          code: 'EXECTRAIL_NO_TOKEN_PRICES',
        })
        return null
      },
    )
    return this.#loading
  }

  #costByLibrary(use: TokenUse, library: Library): TokenCost | null {
    const key = `${Math.floor(Date.parse(use.time) / SAME_PRICE_MS)} ${use.model}`
    let found = this.#rates.get(key)
    if (found === undefined) this.#rates.set(key, (found = { rates: findRates(library, use) }))
    if (found.rates === null) return null
    const price = priceAt(found.rates, use)
    return price === null ? null : { id: LIBRARY_ID, nanoUsd: tokenCost(use, price) }
  }
}

interface Rates {
  input: Rate
  output: Rate
}

/** A name such as `openai/gpt-4o` is also looked up as the model `gpt-4o` of `openai`. */
function findRates({ calcPrice }: Library, { model, time }: TokenUse): Rates | null {
  const timestamp = new Date(time)
  const usage = { input_tokens: 1, output_tokens: 1 }
  const slash = model.indexOf('/')
  try {
    const found =
      calcPrice(usage, model, { timestamp }) ??
      (slash > 0
        ? calcPrice(usage, model.slice(slash + 1), { timestamp, providerId: model.slice(0, slash) })
        : null)
    if (found === null) return null
    return { input: found.model_price['input_mtok'], output: found.model_price['output_mtok'] }
  } catch {
    return null // a price that the library itself finds invalid is unknown
  }
}

/** The prices at a size of prompt; null where one that is needed is missing. */
function priceAt({ input, output }: Rates, use: TokenUse): TokenPrice | null {
  const [inputTokens, outputTokens] = [use.inputTokens ?? 0, use.outputTokens ?? 0]
  const perMillionInput = inputTokens === 0 ? 0n : readRate(input, inputTokens)
  const perMillionOutput = outputTokens === 0 ? 0n : readRate(output, inputTokens)
  if (perMillionInput === null || perMillionOutput === null) return null
  return { id: LIBRARY_ID, perMillionInput, perMillionOutput }
}

function readRate(rate: Rate, inputTokens: number): bigint | null {
  if (rate === undefined) return null
  const usd =
    typeof rate === 'number'
      ? rate
      : rate.tiers.reduce((price, tier) => (inputTokens > tier.start ? tier.price : price), rate.base)
  // The shortest decimal that is this number is the one in the library's data.
  const text = usd >= 1e-6 || usd === 0 ? String(usd) : usd.toFixed(18)
  return USD_PATTERN.test(text) ? parseUsd(text) : null
}

function tokenCost({ inputTokens, outputTokens }: TokenUse, price: TokenPrice): number {
  const total =
    BigInt(inputTokens ?? 0) * price.perMillionInput + BigInt(outputTokens ?? 0) * price.perMillionOutput
  return Number(divideRounded(total, MILLION * PRICE_UNITS_PER_NANO_USD))
}
