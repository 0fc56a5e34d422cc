/** Values of JavaScript that a result cannot carry, with the words that name them. */

/** What JSON.stringify writes as `{}`, as null, as numbered members or not at all. */
const LOST: Record<string, readonly [code: string, words: string]> = {
  'a promise': ['({ a: [1, Promise.resolve(1)] })', 'a[1] is a Promise'],
  'what is not awaited': ['[1, 2].map(async (n) => n)', 'result[0] is a Promise'],
  'an error': ['({ e: new RangeError("x") })', 'e is a RangeError'],
  'an error with members': ['({ e: Object.assign(new Error("x"), { code: 1 }) })', 'e is an Error'],
  'a pattern': ['[/x/]', '[0] is a RegExp'],
  'a generator': ['({ a: (function* () { yield 1 })() })', 'a is a Generator'],
  'an iterator': ['({ a: [1].values() })', 'a is an Array Iterator'],
  'an iterator of a map': ['({ a: new Map().keys() })', 'a is a Map Iterator'],
  'a map that holds nothing weakly': ['({ a: new WeakMap() })', 'a is a WeakMap'],
  'a set that holds nothing weakly': ['({ a: new WeakSet() })', 'a is a WeakSet'],
  'a map with members': ['({ a: Object.assign(new Map(), { x: 1 }) })', 'a is a Map'],
  numbers: ['({ a: new Uint8Array(2) })', 'a is a Uint8Array'],
  'numbers without end': ['[new Float64Array(1)]', '[0] is a Float64Array'],
  'raw memory': ['[new ArrayBuffer(1)]', '[0] is an ArrayBuffer'],
  'a view of memory': ['[new DataView(new ArrayBuffer(1))]', '[0] is a DataView'],
  'a date that is none': ['({ at: new Date("x") })', 'at is an invalid Date'],
  'an undefined that writes itself': ['[{ toJSON() {} }]', 'result[0].toJSON() is undefined'],
  'a map that writes itself': ['({ a: { toJSON: () => ({ b: new Map() }) } })', 'a.b is a Map'],
  'no number, as an object': ['[new Number(NaN)]', '[0] is NaN'],
  'a large integer, as an object': ['[Object(1n)]', '[0] is a BigInt'],
  'a symbol, as an object': ['[Object(Symbol())]', '[0] is a Symbol'],
  'a class that keeps its fields': [
    '({ p: new (class Point { #x = 1; get x() { return this.#x } })() })',
    'p is a Point',
  ],
  'what it inherits': ['[Object.create({ a: 1 })]', '[0] is an Object'],
  'a symbol as key': ['({ a: { [Symbol("s")]: 1 } })', 'a is an object with a symbol as key'],
  'a function in it': ['({ render() {} })', 'render is a function'],
  'an undefined by a getter': ['({ get a() { return undefined } })', 'a is undefined'],
  'a list of holes': ['new Array(1e9)', 'result[0] is a hole'],
  'what is too deep': [
    '(() => { let a = []; for (let i = 0; i < 1e5; i++) a = [a]; return a })()',
    'the result is nested too deeply',
  ],
}
/** The same as cases. */
export const LOST_IN_JSON: Record<string, { javascript: string; refused: string }> = Object.fromEntries(
  Object.entries(LOST).map(([name, [javascript, refused]]) => [name, { javascript, refused }]),
)
