/** What the guest library of every language is held to: the same cases, each in its words. */

import { LOST_IN_JSON } from './lost-values.ts'

/** A value as `main` returns it, and its JSON, or where in it JSON gives out. */
export interface ValueCase {
  javascript?: string
  python?: string
  json?: unknown
  refused?: string
}

export const VALUES: Record<string, ValueCase> = {
  'numbers and texts': { javascript: '[1, -0.5, "é𝄞"]', python: '[1, -0.5, "é𝄞"]', json: [1, -0.5, 'é𝄞'] },
  'an empty text': { javascript: '""', python: '""', json: '' },
  'nothing, inside': { javascript: '({ a: [null] })', python: '{"a": [None]}', json: { a: [null] } },
  'what says null': { javascript: '["null"]', python: '["null"]', json: ['null'] },
  'half a surrogate pair': { javascript: '"\\ud83d"', python: '"\\ud83d"', json: '\ud83d' },
  'a surrogate pair': { javascript: '"\\ud83d\\ude00"', python: '"\\ud83d\\ude00"', json: '😀' },
  'a value twice': {
    javascript: '((a) => [a, a])({ b: 1 })',
    python: '(lambda a: [a, a])({"b": 1})',
    json: [{ b: 1 }, { b: 1 }],
  },
  'what writes itself as JSON': {
    javascript: '[new Date(0), { toJSON: (key) => key, at: undefined }]',
    json: ['1970-01-01T00:00:00.000Z', '1'],
  },
  'numbers, texts and truths as objects': {
    javascript: '[Object(1), Object("a"), Object(true)]',
    json: [1, 'a', true],
  },
  'an instance with fields': {
    javascript: 'new (class { a = 1; get double() { return 2 } twice() {} })()',
    json: { a: 1 },
  },
  'what a getter gives': { javascript: '({ get a() { return 1 } })', json: { a: 1 } },
  'an object without prototype': {
    javascript: 'Object.assign(Object.create(null), { a: 1 })',
    json: { a: 1 },
  },
  'what stands behind a proxy': { javascript: 'new Proxy({ a: [1] }, {})', json: { a: [1] } },
  'zero below zero': { javascript: '[-0]', json: [0] },
  'more nothing': { javascript: '[{}, [], ""]', python: '[{}, [], ""]', json: [{}, [], ''] },
  tuples: { python: '((1, 2),)', json: [[1, 2]] },
  'a number without end': {
    javascript: '({ a: [1, -Infinity] })',
    python: '{"a": [1, float("-inf")]}',
    refused: 'a',
  },
  'no number': { javascript: '[NaN]', python: '[float("nan")]', refused: '0' },
  'a set': { javascript: '({ a: new Set() })', python: '{"a": {1}}', refused: 'a' },
  'a map': { javascript: '({ a: { b: new Map() } })', refused: 'b' },
  'a large integer': { javascript: '({ a: 1n })', refused: 'a' },
  'a function': { javascript: '[() => 1]', python: '[len]', refused: '0' },
  'a symbol': { javascript: '[Symbol("x")]', refused: '0' },
  'undefined, inside': { javascript: '({ a: 1, b: undefined })', refused: 'b' },
  'a hole': { javascript: '[1, , 2]', refused: '[1] is a hole' },
  ...LOST_IN_JSON,
  bytes: { python: '{"a": b"x"}', refused: 'a' },
  'a key that is no text': { python: '{(1, 2): 3}', refused: 'key' },
  'keys that are the same in JSON': {
    python: '{"a": [{1: 2, "1": 3}]}',
    refused: "a[0] has the keys 1 and '1', which are the same in JSON",
  },
  'keys that JSON writes as others': {
    python: '{True: 1, "True": 2, None: 3, 1.5: 4, 7: {8: 9}}',
    json: { true: 1, True: 2, null: 3, '1.5': 4, '7': { '8': 9 } },
  },
  'a key without end': { python: '{"a": {float("inf"): 1}}', refused: 'a has the key inf' },
  'a date': { python: '[__import__("datetime").date(2026, 1, 2)]', refused: '[0] is of type date' },
  'an exact number': {
    python: '{"a": __import__("decimal").Decimal("1.1")}',
    refused: 'a is of type Decimal',
  },
  'a complex number': { python: '[1j]', refused: '[0] is of type complex' },
  'a generator of python': { python: '{"a": (n for n in [1])}', refused: 'a is of type generator' },
  'a coroutine': { python: '[(lambda: (yield))()]', refused: '[0] is of type generator' },
  'an error of python': { python: '{"e": ValueError("x")}', refused: 'e is of type ValueError' },
  'an object of python': { python: '[object()]', refused: '[0] is of type object' },
  'a named tuple': {
    python: '__import__("collections").namedtuple("P", "x y")(1, 2)',
    json: [1, 2],
  },
  'a large whole number': { python: '[2**64]', json: [2 ** 64] },
  'what holds itself': {
    javascript: '((a) => ((a.self = a), a))({})',
    python: '(lambda a: (a.append(a), a)[1])([])',
    refused: 'refers back to itself',
  },
  'the first of two': { javascript: '[[1n], NaN]', python: '[[{1}], float("nan")]', refused: '[0][0]' },
}

/** A program that replaces what the library might use, and still is heard. */
export const PATCHES: Record<'javascript' | 'python', readonly string[]> = {
  javascript: [
    'JSON.stringify = () => "no"',
    'Object.keys = Array.isArray = () => { throw 1 }',
    'for (const of of [Array, String, Function]) for (const name of Object.getOwnPropertyNames(of.prototype)) if (name !== "constructor") try { of.prototype[name] = () => "no" } catch {}',
    'globalThis.Map = globalThis.Set = globalThis.String = globalThis.Error = 1',
  ],
  python: [
    'import json\njson.dumps = json.loads = None',
    'import builtins\nbuiltins.isinstance = builtins.len = lambda *all: 0',
    'import sys\nsys.stdout = sys.stderr = None',
  ],
}

/** A program whose input is `{ a: 1 }`, and what its main gives back. */
export interface MainCase {
  javascript?: string
  python?: string
  result: unknown
}

export const MAINS: Record<string, MainCase> = {
  'a function': {
    javascript: 'function main(input) { return input }',
    python: 'def main(input):\n    return input',
    result: { a: 1 },
  },
  'an asynchronous function': {
    javascript: 'async function main(input) { await null; return input.a }',
    python: 'async def main(input):\n    return input["a"]',
    result: 1,
  },
  'a value that can be called': {
    javascript: 'const main = (input) => input.a',
    python: 'main = lambda input: input["a"]',
    result: 1,
  },
  'another name of a function': {
    javascript: 'function handler(input) { return input.a }\nconst main = handler',
    python: 'def handler(input):\n    return input["a"]\nmain = handler',
    result: 1,
  },
  'a function without parameters': {
    javascript: 'function main() { return 5 }',
    python: 'def main():\n    return 5',
    result: 5,
  },
  'an export': { javascript: 'exports.main = (input) => input.a', result: 1 },
  'all that is exported': { javascript: 'module.exports = (input) => input.a', result: 1 },
  'a default export': { javascript: 'exports.default = (input) => input.a', result: 1 },
  'no class': { javascript: 'module.exports = class { constructor() { throw 1 } }', result: undefined },
  'nothing that cannot be called': { javascript: 'exports.main = 5', python: 'main = 5', result: undefined },
  'a parameter that may be left out': {
    python: 'def main(a, b=2):\n    return [a["a"], b]',
    result: [1, 2],
  },
  'parameters that the input has': { python: 'def main(*, a):\n    return a', result: 1 },
  'any parameters': { python: 'def main(**all):\n    return all', result: { a: 1 } },
  'a method': {
    python: 'class App:\n    def run(self, input):\n        return input["a"]\nmain = App().run',
    result: 1,
  },
  'a method without parameters': {
    python: 'class App:\n    def run(self):\n        return 5\nmain = App().run',
    result: 5,
  },
  'a method that takes members by name': {
    python:
      'class App:\n    def run(self, a, b=2):\n        return [a, b]\n    def of(self, a, *, b=3):\n        return [a["a"], b]\nmain = App().of',
    result: [1, 3],
  },
  'an object that can be called': {
    python: 'class App:\n    def __call__(self):\n        return 5\nmain = App()',
    result: 5,
  },
  'what has its values already': {
    python: 'from functools import partial\nmain = partial(lambda a, b: [a, b["a"]], 0)',
    result: [0, 1],
  },
  'what has all of its values already': {
    python: 'from functools import partial\nmain = partial(lambda a: a, 5)',
    result: 5,
  },
  'what is kept, without parameters': {
    python: 'from functools import cache\n@cache\ndef main():\n    return 5',
    result: 5,
  },
  'what is wrapped, without parameters': {
    python:
      'import functools\ndef timed(f):\n    @functools.wraps(f)\n    def call(*all, **named):\n        return f(*all, **named)\n    return call\n@timed\n@timed\ndef main():\n    return 5',
    result: 5,
  },
  'what is wrapped and given more': {
    python:
      'import functools\ndef given(f):\n    @functools.wraps(f)\n    def call(*all):\n        return f(4, *all)\n    return call\n@given\ndef main(more, input):\n    return [more, input["a"]]',
    result: [4, 1],
  },
  'a handler of an event': {
    python: 'def lambda_handler(event, context):\n    return event["a"]',
    result: 1,
  },
  'no handler of a signal': {
    python: 'def handler(number, frame):\n    raise ValueError()',
    result: undefined,
  },
  'a script has none': { javascript: '1 + 1', python: '1 + 1', result: undefined },
}
