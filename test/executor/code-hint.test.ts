import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Language } from '../../src/execution.ts'
import { hintFor, type EndedRun } from '../../src/executor/code-hint.ts'
import { startProcessorTime } from '../support/processor-time.ts'

function failed(language: Language, code: string, errorMessage: string, change: Partial<EndedRun> = {}) {
  const errorType = errorMessage.startsWith('SyntaxError') ? 'syntax_error' : 'exception'
  const ended = { success: false, errorType, errorMessage, stderr: () => '', silent: false } as const
  return hintFor({ code, language, network: 'none', ...ended, ...change })
}

function succeeded(language: Language, code: string, change: Partial<EndedRun> = {}) {
  return failed(language, code, '', { success: true, errorType: null, silent: true, ...change })
}

describe('a failure is explained in a line', () => {
  const syntax = 'SyntaxError: somewhere'
  const CARRY = 'TypeError: main returned a value JSON cannot carry:'
  it.each<[string, Language, string, string, RegExp]>([
    ['a fence', 'python', '```python\nprint(1)\n```', syntax, /Markdown fence/],
    ['a fence after prose', 'javascript', 'Here it is:\n```js\n1\n```', syntax, /Markdown fence/],
    ['a fence that runs', 'javascript', '```js\n1\n```', 'TypeError: "" is not a function', /Markdown fence/],
    ['escaped line breaks', 'python', 'x = 1\\nprint(x)', syntax, /real line breaks/],
    ['HTML entities', 'javascript', 'if (a &lt; b) {}', syntax, /HTML entities/],
    ['typographic quotes', 'python', 'print(\u201cx\u201d)', syntax, /quotation marks/],
    ['return outside', 'python', 'return 1', "SyntaxError: 'return' outside function", /main\(input\)/],
    ['return outside', 'javascript', 'return 1', 'SyntaxError: Illegal return statement', /main\(input\)/],
    ['JSX', 'javascript', 'const a = <div className="x">y</div>', syntax, /JSX/],
    ['JSX', 'typescript', 'const App = () => (\n  <>y</>\n)', syntax, /JSX/],
    ['TypeScript', 'javascript', 'function f(a: string) {}', syntax, /typescript/],
    ['TypeScript', 'javascript', 'interface A { a: 1 }', syntax, /typescript/],
    ['Python', 'javascript', 'def main(input):\n  return 1', syntax, /set the language to python/],
    ['JavaScript', 'python', 'const a = 1', syntax, /set the language to javascript/],
    ['a notebook', 'python', '!pip install x\nimport x', syntax, /notebook/],
    ['a missing module', 'python', 'import x', "ModuleNotFoundError: No module named 'x'", /not installed/],
    ['a missing module', 'javascript', '', "Error: Cannot find module 'x'", /Node's own/],
    ['no network', 'javascript', '', 'TypeError: fetch failed', /no network/],
    ['undefined', 'javascript', '', `${CARRY} the result.a is undefined`, /Write null/],
    ['a promise', 'javascript', '', `${CARRY} the result[0] is a Promise`, /await Promise\.all/],
    ['a map', 'typescript', '', `${CARRY} the result is a Map`, /fromEntries/],
    ['a set', 'python', '', `${CARRY} the result is of type set`, /list\(items\)/],
    ['no stdin', 'python', 'input()', 'EOFError: EOF when reading a line', /Standard input is empty/],
  ])('%s, in %s', (_, language, code, message, expected) => {
    expect(failed(language, code, message)).toMatch(expected)
  })

  it('from what bash says on stderr', () => {
    const stderr = () => "main.sh: line 1: return: can only `return' from a function or sourced script\n"
    expect(failed('bash', 'return 1', 'exited with code 2', { stderr })).toMatch(/outside of a function/)
  })

  it('but not where nothing is known', () => {
    expect(failed('javascript', 'throw new Error("x")', 'Error: x')).toBeNull()
    expect(failed('javascript', 'a < b', syntax)).toBeNull()
    expect(failed('javascript', '', 'TypeError: fetch failed', { network: 'host' })).toBeNull()
  })
})

describe('a script without output says that it has no result', () => {
  it.each<[Language, string]>([
    ['javascript', 'const rows = [1, 2]\nrows.length'],
    ['javascript', 'const rows = [1, 2]\nrows.length;\n'],
    ['python', 'x = 1\nx + 1'],
    ['python', 'x = 1\nx == 2'],
    ['typescript', '"done"'],
  ])('when its last line is a value, in %s: %s', (language, code) => {
    expect(succeeded(language, code)).toMatch(/A script has no result/)
  })

  it.each<[Language, string]>([
    ['javascript', 'a = 1'],
    ['javascript', 'save(1)'],
    ['javascript', 'i++'],
    ['javascript', 'function f() {\n  return 1\n}'],
    ['python', 'import json'],
    ['python', 'def main(input):\n    return None\nmain'],
    ['bash', 'true'],
    ['python', ''],
  ])('not otherwise, in %s: %s', (language, code) => {
    expect(succeeded(language, code)).toBeNull()
  })

  it('not when it printed, returned or left something', () => {
    expect(succeeded('python', 'x', { silent: false })).toBeNull()
  })
})

it('takes time in proportion to hostile code', () => {
  const unit = fc.constantFrom(
    '```',
    ' ',
    '\t',
    '\n',
    '<',
    '= ',
    'a',
    '(',
    ': ',
    '&lt',
    '\\n',
    'return ',
    "'",
  )
  const shape = fc.array(unit, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''))
  fc.assert(
    fc.property(shape, fc.constantFrom<Language>('javascript', 'python'), (text, language) => {
      const code = text.repeat(5_000_000 / text.length)
      const processorMs = startProcessorTime()
      failed(language, code, `SyntaxError: ${code}`, { stderr: () => code })
      succeeded(language, code)
      expect(processorMs()).toBeLessThan(500)
    }),
    { numRuns: 30 },
  )
})
