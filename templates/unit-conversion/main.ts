/** Converts between units of measure, and says which units fit where one is unknown. */
interface Input {
  value: number
  from: string
  to: string
  digits?: number
}

/** One unit in the base unit of its dimension: `value * factor + offset`. */
interface Unit {
  dimension: string
  symbol: string
  factor: number
  offset?: number
}

/** `symbol, other names: factor`; the first of a dimension is its base. */
const DIMENSIONS: Record<string, string> = {
  length: `m, metre, metres, meter, meters: 1; km, kilometre, kilometres, kilometer, kilometers: 1000; dm: 0.1; cm, centimetre, centimetres, centimeter, centimeters: 0.01;
    mm, millimetre, millimetres, millimeter, millimeters: 0.001; µm, um, micrometre, micrometer: 1e-6; nm, nanometre, nanometer: 1e-9; in, inch, inches: 0.0254; ft, foot, feet: 0.3048;
    yd, yard, yards: 0.9144; mi, mile, miles: 1609.344; nmi, nautical mile, nautical miles: 1852; au: 149597870700; ly, light-year, light-years: 9460730472580800`,
  mass: `kg, kilogram, kilograms: 1; g, gram, grams: 0.001; mg, milligram, milligrams: 1e-6; µg, ug, microgram, micrograms: 1e-9; t, tonne, tonnes: 1000;
    lb, pound, pounds: 0.45359237; oz, ounce, ounces: 0.028349523125; st, stone: 6.35029318; ton, short ton, short tons: 907.18474; long ton, long tons: 1016.0469088; ct, carat, carats: 0.0002`,
  time: `s, second, seconds: 1; ms, millisecond, milliseconds: 0.001; µs, us, microsecond, microseconds: 1e-6; ns, nanosecond, nanoseconds: 1e-9; min, minute, minutes: 60;
    h, hour, hours: 3600; d, day, days: 86400; wk, week, weeks: 604800; a, year, years: 31557600`,
  area: `m2, m², square metre, square metres, square meter, square meters: 1; km2, km²: 1e6; cm2, cm²: 0.0001; mm2, mm²: 1e-6; ha, hectare, hectares: 10000; ac, acre, acres: 4046.8564224;
    ft2, ft², square foot, square feet: 0.09290304; in2, in²: 0.00064516; yd2, yd²: 0.83612736; mi2, mi²: 2589988.110336`,
  volume: `m3, m³, cubic metre, cubic metres, cubic meter, cubic meters: 1; L, l, litre, litres, liter, liters: 0.001; mL, ml, millilitre, milliliter: 1e-6; cm3, cm³: 1e-6; dL, dl: 0.0001; cL, cl: 0.00001;
    gal, gallon, gallons: 0.003785411784; imp gal, imperial gallon, imperial gallons: 0.00454609; qt, quart, quarts: 0.000946352946; pt, pint, pints: 0.000473176473; cup, cups: 0.0002365882365;
    fl oz, fluid ounce, fluid ounces: 0.0000295735295625; tbsp, tablespoon, tablespoons: 0.00001478676478125; tsp, teaspoon, teaspoons: 0.00000492892159375; ft3, ft³: 0.028316846592; in3, in³: 0.000016387064; bbl, barrel, barrels: 0.158987294928`,
  speed: `m/s: 1; km/h, kph: 1000/3600; mph: 0.44704; kn, kt, knot, knots: 1852/3600; ft/s: 0.3048`,
  pressure: `Pa, pascal: 1; hPa: 100; kPa: 1000; MPa: 1e6; bar: 100000; mbar, millibar: 100; atm: 101325; psi: 6894.757293168361; mmHg, torr: 133.322387415`,
  energy: `J, joule, joules: 1; kJ: 1000; MJ: 1e6; cal, calorie, calories: 4.184; kcal: 4184; Wh: 3600; kWh: 3600000; MWh: 3.6e9; BTU: 1055.05585262; eV: 1.602176634e-19`,
  power: `W, watt, watts: 1; mW: 0.001; kW: 1000; MW: 1e6; hp, horsepower: 745.69987158227022; PS: 735.49875`,
  data: `B, byte, bytes: 1; bit, bits: 1/8; kB: 1e3; MB: 1e6; GB: 1e9; TB: 1e12; PB: 1e15; KiB: 1024; MiB: 1048576; GiB: 1073741824; TiB: 1099511627776; PiB: 1125899906842624;
    kbit: 125; Mbit: 125000; Gbit: 125000000`,
  angle: `rad, radian, radians: 1; deg, °, degree, degrees: 3.141592653589793/180; gon, grad: 3.141592653589793/200; arcmin: 3.141592653589793/10800; arcsec: 3.141592653589793/648000; turn, turns: 6.283185307179586`,
}

const TEMPERATURES: readonly [string[], Unit][] = [
  [['K', 'kelvin'], { dimension: 'temperature', symbol: 'K', factor: 1 }],
  [['°C', 'C', 'degC', 'celsius'], { dimension: 'temperature', symbol: '°C', factor: 1, offset: 273.15 }],
  [
    ['°F', 'F', 'degF', 'fahrenheit'],
    { dimension: 'temperature', symbol: '°F', factor: 5 / 9, offset: 459.67 * (5 / 9) },
  ],
]

const UNITS = allUnits()
/** Names that are one unit whatever their case: not those such as `mW` and `MW`. */
const CASELESS = caseless(UNITS)
const ABSOLUTE_ZERO_TOLERANCE = 1e-9
/** What a double holds for certain. */
const DIGITS = 15

export function main({ value, from, to, digits = DIGITS }: Input) {
  const [source, target] = [unitOf(from), unitOf(to)]
  if (source.dimension !== target.dimension)
    throw new Error(
      `${source.symbol} is a unit of ${source.dimension}, ${target.symbol} one of ${target.dimension}: they do not convert`,
    )
  const base = value * source.factor + (source.offset ?? 0)
  if (source.dimension === 'temperature' && base < -ABSOLUTE_ZERO_TOLERANCE)
    throw new Error(`${value} ${source.symbol} is below absolute zero`)
  const isSame = source === target
  const result = isSame
    ? value
    : Number(((base - (target.offset ?? 0)) / target.factor).toPrecision(Math.min(digits, 14)))
  if (!Number.isFinite(result)) throw new Error('the result is too large for a number')
  const shown = Number(result.toPrecision(digits))
  // Differences of temperatures leave a rest where there should be none.
  const clean = source.dimension === 'temperature' && !isSame ? Number(shown.toFixed(10)) : shown
  return {
    result: clean,
    from: source.symbol,
    to: target.symbol,
    dimension: source.dimension,
    text: `${value} ${source.symbol} = ${clean} ${target.symbol}`,
  }
}

function unitOf(name: string): Unit {
  const text = name.trim().replace(/\s+/gu, ' ').replaceAll('\u03bc', 'µ')
  const unit = UNITS.get(text) ?? CASELESS.get(text.toLowerCase())
  if (unit !== undefined) return unit
  const near = [...UNITS.keys()]
    .filter((known) => isNear(known.toLowerCase(), text.toLowerCase()))
    .slice(0, 5)
  const hint = near.length > 0 ? `Did you mean ${near.join(', ')}?` : `Known are ${symbols().join(', ')}.`
  throw new Error(`${JSON.stringify(name)} is no unit. ${hint}`)
}

function isNear(known: string, text: string): boolean {
  if (known === text) return true
  return (
    text.length > 2 && known.length > 2 && (known.startsWith(text.slice(0, -1)) || text.startsWith(known))
  )
}

function symbols(): string[] {
  return [...new Set([...UNITS.values()].map(({ symbol }) => symbol))]
}

function allUnits(): Map<string, Unit> {
  const units = new Map<string, Unit>()
  for (const [dimension, table] of Object.entries(DIMENSIONS))
    for (const line of table.split(';')) {
      const [names = '', factor = ''] = line.split(':')
      const [symbol = '', ...others] = names.split(',').map((name) => name.trim())
      const unit = { dimension, symbol, factor: quotient(factor) }
      for (const name of [symbol, ...others]) units.set(name, unit)
    }
  for (const [names, unit] of TEMPERATURES) for (const name of names) units.set(name, unit)
  return units
}

function quotient(text: string): number {
  const [dividend = 0, divisor = 1] = text.split('/').map(Number)
  return dividend / divisor
}

function caseless(units: ReadonlyMap<string, Unit>): Map<string, Unit> {
  const found = new Map<string, Unit | null>()
  for (const [name, unit] of units) {
    const lower = name.toLowerCase()
    const known = found.get(lower)
    found.set(lower, known === undefined || known === unit ? unit : null)
  }
  return new Map([...found].filter((entry): entry is [string, Unit] => entry[1] !== null))
}
