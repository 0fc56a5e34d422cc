/** Totals of an invoice, to the cent: discounts, taxes by rate, shipping. Amounts are exact decimals, never doubles. */
type Decimal = number | string

interface Line {
  description?: string
  quantity?: Decimal
  unitPrice: Decimal
  discountPercent?: Decimal
  taxPercent?: Decimal
}

interface Input {
  lines: Line[]
  discountPercent?: Decimal
  discountAmount?: Decimal
  shipping?: Decimal
  shippingTaxPercent?: Decimal
  pricesIncludeTax?: boolean
  decimals?: number
}

/** `units / 10^scale` */
interface Exact {
  units: bigint
  scale: number
}

interface Amount {
  label: string
  /** In the smallest unit, with tax where prices include it. */
  amount: bigint
  taxPercent: Exact
}

const ZERO: Exact = { units: 0n, scale: 0 }

export function main(input: Input) {
  const { decimals = 2, pricesIncludeTax = false } = input
  const money = (units: bigint): string => format(units, decimals)
  const lines = input.lines.map((line, index) => amountOf(line, index, decimals))
  const subtotal = sum(lines.map(({ amount }) => amount))
  const discount = discountOf(input, subtotal, decimals)
  const shipping = input.shipping === undefined ? [] : [shippingOf(input, decimals)]
  const taxes = taxesOf([...discounted(lines, discount), ...shipping], pricesIncludeTax)
  const [net, tax] = [sum(taxes.map((one) => one.net)), sum(taxes.map((one) => one.tax))]
  return {
    lines: lines.map(({ label, amount }) => ({ description: label, amount: money(amount) })),
    subtotal: money(subtotal),
    discount: money(discount),
    shipping: money(sum(shipping.map(({ amount }) => amount))),
    taxes: taxes.map((one) => ({ percent: one.percent, net: money(one.net), tax: money(one.tax) })),
    net: money(net),
    tax: money(tax),
    total: money(net + tax),
  }
}

function amountOf(
  { description, quantity = 1, unitPrice, discountPercent, taxPercent }: Line,
  index: number,
  decimals: number,
): Amount {
  const at = `lines.${index}`
  const full = multiply(exact(quantity, `${at}.quantity`), exact(unitPrice, `${at}.unitPrice`))
  const off = percentOf(discountPercent, `${at}.discountPercent`, 100)
  const amount = rounded(multiply(full, subtract({ units: 100n, scale: 0 }, off)), 2, decimals)
  return {
    label: description ?? `line ${index + 1}`,
    amount,
    taxPercent: percentOf(taxPercent, `${at}.taxPercent`, 1000),
  }
}

function shippingOf({ shipping = 0, shippingTaxPercent }: Input, decimals: number): Amount {
  const price = exact(shipping, 'shipping')
  return {
    label: 'shipping',
    amount: rounded(price, 0, decimals),
    taxPercent: percentOf(shippingTaxPercent, 'shippingTaxPercent', 1000),
  }
}

function discountOf({ discountPercent, discountAmount }: Input, subtotal: bigint, decimals: number): bigint {
  if (discountPercent !== undefined && discountAmount !== undefined)
    throw new Error('give discountPercent or discountAmount, not both')
  if (discountAmount === undefined) {
    const percent = percentOf(discountPercent, 'discountPercent', 100)
    return divide(subtotal * percent.units, 10n ** BigInt(percent.scale + 2))
  }
  const amount = rounded(exact(discountAmount, 'discountAmount'), 0, decimals)
  if (amount < 0n || amount > subtotal) throw new Error('discountAmount: from 0 to the subtotal')
  return amount
}

/** Shares the discount among the lines in proportion; the cents that are left go where most was cut off. */
function discounted(lines: readonly Amount[], discount: bigint): Amount[] {
  const subtotal = sum(lines.map(({ amount }) => amount))
  if (discount === 0n || subtotal === 0n) return [...lines]
  const shares = lines.map((line) => {
    const share = floorDivide(discount * line.amount, subtotal)
    return { line, share, left: discount * line.amount - share * subtotal }
  })
  const missing = Number(discount - sum(shares.map(({ share }) => share)))
  const byRest = shares.toSorted((one, other) =>
    one.left === other.left ? 0 : one.left > other.left ? -1 : 1,
  )
  const ahead = new Set(byRest.slice(0, missing))
  return shares.map((one) => {
    const { label, amount, taxPercent } = one.line
    return { label, amount: amount - one.share - (ahead.has(one) ? 1n : 0n), taxPercent }
  })
}

/** One line for each rate, the lowest first; the tax is rounded once for all of a rate. */
function taxesOf(amounts: readonly Amount[], included: boolean) {
  const rates = new Map<string, { percent: Exact; sum: bigint }>()
  for (const { amount, taxPercent } of amounts) {
    const name = percentText(taxPercent)
    const known = rates.get(name)
    if (known === undefined) rates.set(name, { percent: taxPercent, sum: amount })
    else known.sum += amount
  }
  return [...rates]
    .map(
      ([
        percent,
        {
          percent: { units, scale },
          sum: amount,
        },
      ]) => {
        const whole = 100n * 10n ** BigInt(scale)
        const tax = included ? divide(amount * units, whole + units) : divide(amount * units, whole)
        return { percent, net: included ? amount - tax : amount, tax }
      },
    )
    .sort((one, other) => Number(one.percent) - Number(other.percent))
}

function exact(given: Decimal, path: string): Exact {
  const found =
    /^(?<sign>-?)(?<whole>\d{1,30})(?:\.(?<rest>\d{1,30}))?(?:e(?<exponent>[+-]?\d{1,2}))?$/iu.exec(
      String(given),
    )?.groups
  if (found === undefined)
    throw new Error(`${path}: ${JSON.stringify(given)} is no decimal number such as 12.50`)
  const rest = found.rest ?? ''
  const units = BigInt(`${found.sign}${found.whole}${rest}`)
  const scale = rest.length - Number(found.exponent ?? 0)
  return scale >= 0 ? { units, scale } : { units: units * 10n ** BigInt(-scale), scale: 0 }
}

function percentOf(given: Decimal | undefined, path: string, most: number): Exact {
  if (given === undefined) return ZERO
  const value = exact(given, path)
  const bound = BigInt(most) * 10n ** BigInt(value.scale)
  if (value.units < 0n || value.units > bound) throw new Error(`${path}: from 0 to ${most}`)
  return value
}

function multiply(one: Exact, other: Exact): Exact {
  return { units: one.units * other.units, scale: one.scale + other.scale }
}

function subtract(one: Exact, other: Exact): Exact {
  const scale = Math.max(one.scale, other.scale)
  const at = ({ units, scale: own }: Exact): bigint => units * 10n ** BigInt(scale - own)
  return { units: at(one) - at(other), scale }
}

/** In the smallest unit, of a number that is `10^shift` times too large. */
function rounded({ units, scale }: Exact, shift: number, decimals: number): bigint {
  return divide(units * 10n ** BigInt(decimals), 10n ** BigInt(scale + shift))
}

/** Halves away from zero. */
function divide(dividend: bigint, divisor: bigint): bigint {
  const isNegative = dividend < 0n
  const size = isNegative ? -dividend : dividend
  const result = (2n * size + divisor) / (2n * divisor)
  return isNegative ? -result : result
}

function floorDivide(dividend: bigint, divisor: bigint): bigint {
  const result = dividend / divisor
  return dividend % divisor !== 0n && dividend < 0n !== divisor < 0n ? result - 1n : result
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n)
}

function format(units: bigint, decimals: number): string {
  const digits = String(units < 0n ? -units : units).padStart(decimals + 1, '0')
  const cut = digits.length - decimals
  const text = decimals === 0 ? digits : `${digits.slice(0, cut)}.${digits.slice(cut)}`
  return units < 0n ? `-${text}` : text
}

/** `7` for 7.0 too. */
function percentText({ units, scale }: Exact): string {
  return scale === 0 ? String(units) : format(units, scale).replace(/\.?0+$/u, '')
}
