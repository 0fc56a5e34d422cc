import { expect } from 'vitest'
import { attacksIn, CONTAINED, REFUSED, TIMEOUT, type Attack } from './attack.ts'

/** Ways out of vm2 that have worked at one time, and ways to end its process. */
export const VM2_ATTACKS: readonly Attack[] = attacksIn('vm2', 'javascript', [
  {
    tries: 'the constructor chain of its global',
    code: `return this.constructor.constructor('return process')().mainModule.require('child_process').execSync('id').toString()`,
    expect: [...REFUSED, 'failure/syntax_error'],
  },
  {
    tries: 'the constructor chain of a host function',
    code: `console.log(String(setTimeout.constructor('return typeof process.mainModule')()))`,
    expect: CONTAINED,
    proves: ({ stdout }) => expect(stdout).toBe('undefined\n'),
  },
  {
    tries: 'the constructor chain of what ends the program',
    code: `const { exit } = process\nconst { set } = Object.getOwnPropertyDescriptor(process, 'exitCode')\nconsole.log([exit, set].map((f) => f.constructor('return typeof process.mainModule')()).join())`,
    expect: CONTAINED,
    proves: ({ stdout }) => expect(stdout).toBe('undefined,undefined\n'),
  },
  {
    tries: 'the host error of a deep recursion',
    code: `function f() { try { f() } catch (e) { globalThis.e = e; throw e } }\ntry { f() } catch {}\nconsole.log(typeof e.constructor.constructor('return this')().process?.pid)`,
    expect: CONTAINED,
    proves: ({ stdout }) => expect(stdout).toBe('undefined\n'),
  },
  {
    tries: 'a call site of prepareStackTrace',
    code: `Error.prepareStackTrace = (_, frames) => frames.map((f) => { try { return typeof f.getThis()?.process } catch { return 'no' } }).join()\nconsole.log(new Error('x').stack)`,
    expect: ['success', ...REFUSED],
    proves: ({ stdout }) => expect(stdout).not.toContain('object'),
  },
  {
    tries: 'a proxied prototype',
    code: `const p = new Proxy({}, { getPrototypeOf: () => { throw p } })\nconsole.log(typeof p)`,
    expect: ['success', ...REFUSED],
  },
  {
    tries: 'Promise species to catch a host promise',
    code: `class P extends Promise { static get [Symbol.species]() { return function (f) { f(() => {}, (e) => console.log(typeof e?.constructor?.constructor?.('return process')().pid)) } } }\nP.reject(1).catch(() => {})`,
    expect: ['success', ...REFUSED],
    proves: ({ stdout }) => expect(stdout).not.toContain('number'),
  },
  {
    tries: 'the symbol of custom inspection',
    code: `console.log({ [Symbol.for('nodejs.util.inspect.custom')]: (d, o, inspect) => inspect.constructor('return process')().pid })`,
    expect: CONTAINED,
    proves: ({ stdout }) => expect(stdout).not.toMatch(/\d/),
  },
  {
    tries: 'to poison Object.prototype for the host',
    code: `Object.prototype.polluted = 'yes'; ({}).constructor.prototype.kind = 'result'\nexports.main = () => ({}).polluted`,
    expect: CONTAINED,
  },
  {
    tries: 'require',
    code: `require('fs')`,
    expect: ['failure/exception'],
  },
  {
    tries: 'a dynamic import',
    code: `const fs = await import('fs'); console.log(fs.readFileSync('/proc/self/environ', 'utf8'))`,
    expect: [...REFUSED, 'failure/syntax_error'],
  },
  {
    tries: 'to end its process by a rejection that nothing handles',
    code: `(async () => { throw new Error('stray') })()\nexports.main = () => 1`,
    expect: ['failure/exception'],
  },
  {
    tries: 'to end its process with a heap',
    code: `const a = []; for (;;) a.push(new Array(1e5).fill(1))`,
    request: { limits: { memoryMb: 96, timeoutMs: 60_000 } },
    expect: ['limit/memory_limit'],
  },
  {
    tries: 'to hide memory in typed arrays',
    code: `const a = []; for (;;) a.push(new Uint8Array(1e6).fill(1))`,
    request: { limits: { memoryMb: 96, timeoutMs: 60_000 } },
    expect: ['limit/memory_limit'],
  },
  { tries: 'an endless loop in main', code: `exports.main = () => { for (;;) {} }`, expect: TIMEOUT },
  {
    tries: 'an endless chain of promises',
    code: `const f = () => Promise.resolve().then(f); f()`,
    expect: TIMEOUT,
  },
  { tries: 'an endless regular expression', code: `/^(a+)+$/.test('a'.repeat(60) + 'b')`, expect: TIMEOUT },
  {
    tries: 'to send its own result by patching JSON',
    code: `JSON.stringify = () => '"forged"'; Promise.prototype.then = () => {}\nexports.main = () => 'true'`,
    expect: ['success', ...REFUSED],
    proves: ({ result }) => expect(['true', null]).toContain(result),
  },
  {
    tries: 'a thenable that settles twice',
    code: `exports.main = () => ({ then(ok) { ok(1); ok(2); throw new Error('late') } })`,
    expect: CONTAINED,
    proves: ({ result }) => expect(result).toBe(1),
  },
  { tries: 'to throw null', code: `exports.main = () => { throw null }`, expect: ['failure/exception'] },
  {
    tries: 'to close the wrapper it is put into',
    code: `}); console.log(typeof process.pid); (async () => {`,
    expect: ['success', ...REFUSED, 'failure/syntax_error'],
    proves: ({ stdout }) => expect(stdout).not.toContain('number'),
  },
  {
    tries: 'to flood the output',
    code: `for (;;) console.log('x'.repeat(1e5))`,
    request: { limits: { timeoutMs: 1000 } },
    expect: TIMEOUT,
  },
])
