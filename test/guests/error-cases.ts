/** What is said of programs that fail, the same cases for every language. */

/** A program that fails, and what is said of it. */
export interface ErrorCase {
  javascript?: string
  python?: string
  name: string
  message: string
  /** What the stack holds. */
  stack?: readonly string[]
}

export const ERRORS: Record<string, ErrorCase> = {
  'an error': {
    javascript: 'throw new RangeError("far")',
    python: 'raise IndexError("far")',
    name: 'RangeError|IndexError',
    message: 'far',
    stack: ['far'],
  },
  'an error without words': {
    javascript: 'throw new Error()',
    python: 'raise ValueError()',
    name: 'Error|ValueError',
    message: '',
  },
  'a text': { javascript: 'throw "just text"', name: 'Error', message: 'just text' },
  'nothing at all': { javascript: 'throw undefined', name: 'Error', message: 'undefined' },
  null: { javascript: 'throw null', name: 'Error', message: 'null' },
  'a number': { javascript: 'throw 42', name: 'Error', message: '42' },
  'a large integer': { javascript: 'throw 42n', name: 'Error', message: '42n' },
  'a symbol': { javascript: 'throw Symbol("s")', name: 'Error', message: 'Symbol(s)' },
  'an object': {
    javascript: 'throw { status: 429, reason: "quota", rows: [1, { a: null }] }',
    name: 'Error',
    message: '{ status: 429, reason: "quota", rows: [ 1, { a: null } ] }',
  },
  'an object with a message': {
    javascript: 'throw { message: "no", status: 429 }',
    name: 'Error',
    message: 'no { status: 429 }',
  },
  'an object of a class': {
    javascript: 'throw new (class Fault { code = 5; get secret() { throw 1 } })()',
    name: 'Error',
    message: 'Fault { code: 5 }',
  },
  'a list': {
    javascript: 'throw ["a", undefined, () => 1]',
    name: 'Error',
    message: '[ "a", undefined, [function without a name] ]',
  },
  'a map': {
    javascript: 'throw new Map([["a", new Set([1])]])',
    name: 'Error',
    message: 'Map [ [ "a", Set [ 1 ] ] ]',
  },
  'a date': {
    javascript: 'throw { at: new Date(0), no: new Date(NaN) }',
    name: 'Error',
    message: '{ at: 1970-01-01T00:00:00.000Z, no: an invalid Date }',
  },
  'what holds itself': {
    javascript: 'const a = { b: {} }; a.b.a = a; throw a',
    name: 'Error',
    message: '{ b: { a: [circular] } }',
  },
  'what is deep': {
    javascript: 'throw { a: { b: { c: { d: 1 } } } }',
    name: 'Error',
    message: '{ a: { b: { c: {…} } } }',
  },
  'an error with members': {
    javascript: 'throw Object.assign(new TypeError("no"), { status: 404, body: { ok: false } })',
    name: 'TypeError',
    message: 'no',
    stack: ['TypeError: no', '[fields]: { status: 404, body: { ok: false } }'],
  },
  'an error of a class': {
    javascript:
      'class HttpError extends Error { constructor(m) { super(m); this.name = "HttpError"; this.status = 404 } }\nthrow new HttpError("no")',
    name: 'HttpError',
    message: 'no',
    stack: ['HttpError: no', '[fields]: { status: 404 }'],
  },
  'an error with a cause that is none': {
    javascript: 'throw new Error("outer", { cause: { code: 7 } })',
    name: 'Error',
    message: 'outer',
    stack: ['[cause]: { code: 7 }'],
  },
  'an error that a text caused': {
    javascript: 'throw new Error("outer", { cause: new Error("inner", { cause: "the text" }) })',
    name: 'Error',
    message: 'outer',
    stack: ['[cause]: Error: inner', '[cause]: the text'],
  },
  'an error with a cause': {
    javascript: 'throw new Error("outer", { cause: new TypeError("inner") })',
    python:
      'try:\n    raise TypeError("inner")\nexcept TypeError as error:\n    raise ValueError("outer") from error',
    name: 'Error|ValueError',
    message: 'outer',
    stack: ['outer', 'inner'],
  },
  'an error that gathers others': {
    javascript: 'throw new AggregateError([new Error("one"), "two"], "both")',
    name: 'AggregateError',
    message: 'both',
    stack: ['both', 'one', 'two'],
  },
  'errors that others caused': {
    javascript:
      'throw new AggregateError([new Error("one", { cause: { id: 7 } }), new AggregateError([{ id: 8 }], "in")], "all", { cause: "why" })',
    python:
      'try:\n    raise KeyError("id 7")\nexcept KeyError as error:\n    cause = ValueError("one")\n    cause.__cause__ = error\nraise ExceptionGroup("all", [cause, ExceptionGroup("in", [TypeError("id: 8")])])',
    name: 'AggregateError|ExceptionGroup',
    message: 'all|all (2 sub-exceptions)',
    stack: ['one', '7', 'in', 'id: 8'],
  },
  'an error that causes itself': {
    javascript: 'const e = new Error("round"); e.cause = e; throw e',
    python: 'e = ValueError("round")\ne.__cause__ = e\nraise e',
    name: 'Error|ValueError',
    message: 'round',
    stack: ['round'],
  },
  'an error whose text cannot be read': {
    javascript: 'throw { get message() { throw 1 } }',
    python: 'class Mute(Exception):\n    def __str__(self):\n        raise self\nraise Mute()',
    name: 'Error|Mute',
    message: '{ message: [getter] }|an error whose text cannot be shown',
  },
  'what hides itself': {
    javascript: 'throw new Proxy({}, { get() { throw 1 }, ownKeys() { throw 2 } })',
    name: 'Error',
    message: 'a value that cannot be shown',
  },
}
