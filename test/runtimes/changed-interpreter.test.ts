/** Programs that change the interpreter they run in: nothing of their result is lost in silence. */
import { afterAll, describe, expect, it } from 'vitest'
import type { Language } from '../../src/execution.ts'
import { subprocess } from '../../src/runtimes/subprocess.ts'
import { localOptions } from '../support/local-runtime.ts'
import { toyExecutor } from '../support/toy-executor.ts'

const runtimes = [
  subprocess(localOptions()),
  subprocess(localOptions({ forkServer: 'off', pool: { cap: 0 } })),
]
afterAll(() => Promise.all(runtimes.map((runtime) => runtime.close())))

const BUILTINS =
  'import builtins\nfor name in ("len", "type", "getattr", "hasattr", "isinstance", "memoryview", "any", "all", "map"):\n    setattr(builtins, name, None)'

const onEach = (language: Language, code: string) =>
  Promise.all(runtimes.map((runtime) => toyExecutor(runtime).execute({ language, code })))

describe('a result', () => {
  it.each<[Language, string]>([
    ['python', `${BUILTINS}\ndef main(input):\n    return 7`],
    ['python', `def main(input):\n    ${BUILTINS.replaceAll('\n', '\n    ')}\n    return 7`],
    ['python', 'import builtins\nbuiltins.__dict__.clear()\ndef main(input):\n    return 7'],
    [
      'python',
      'import os\nos.write = os.fstat = os._exit = os.getpid = None\ndef main(input):\n    return 7',
    ],
    ['javascript', 'globalThis.setImmediate = undefined\nexports.main = () => 7'],
    ['javascript', 'globalThis.setImmediate = () => undefined\nexports.main = () => 7'],
    ['javascript', 'export const main = () => { globalThis.setImmediate = null; return 7 }'],
    ['javascript', 'Buffer = null\nexports.main = () => 7'],
    ['javascript', 'Buffer.from = Buffer.concat = null\nexports.main = () => 7'],
    ['javascript', 'exports.main = () => { process = null; return 7 }'],
    ['javascript', 'delete globalThis.process\nexports.main = async () => 7'],
    ['javascript', 'Promise = Object = JSON = Error = undefined\nexports.main = () => 7'],
    ['javascript', 'if (1 > 2) main()\nprocess = setImmediate = null\nfunction main() { return 7 }'],
    ['javascript', 'require("fs").writeSync = require("fs").fstatSync = null\nexports.main = () => 7'],
  ])('of %s arrives whatever the program replaces: %s', async (language, code) => {
    for (const execution of await onEach(language, code))
      expect(execution).toMatchObject({ outcome: 'success', result: 7 })
  })

  it.each<[Language, string]>([
    [
      'python',
      'import os\ndef main(input):\n    os.dup2(os.open("/dev/null", os.O_WRONLY), 3)\n    return 7',
    ],
    ['python', 'import os\nos.close(3)\nkept = open("/out/kept", "w")\ndef main(input):\n    return 7'],
    ['python', 'import os\ndef main(input):\n    os.closerange(3, 100)\n    return 7'],
    [
      'javascript',
      'const fs = require("fs")\nexports.main = () => { fs.closeSync(3); fs.openSync("/out/kept", "w"); return 7 }',
    ],
    ['javascript', 'exports.main = () => { require("fs").closeSync(3); return 7 }'],
  ])('of %s whose descriptor the program replaces is a failure: %s', async (language, code) => {
    for (const execution of await onEach(language, code)) {
      expect(execution).toMatchObject({ outcome: 'failure', exitCode: 1, result: null })
      expect(execution.stderr).toContain('the program closed or replaced the descriptor of its result, 3')
      for (const file of execution.files) expect(file).toMatchObject({ path: 'kept', content: '' })
    }
  })
})

it.each<[Language, string]>([
  ['python', 'import os\nos.closerange(3, 100)\nopen("/out/kept", "w").write("mine")'],
  [
    'javascript',
    'const fs = require("fs")\nfs.closeSync(3)\nfs.writeSync(fs.openSync("/out/kept", "w"), "mine")',
  ],
])('a script of %s that gives no result may do with the descriptor what it likes', async (language, code) => {
  for (const execution of await onEach(language, code)) {
    expect(execution).toMatchObject({ outcome: 'success', exitCode: 0 })
    expect(execution.files).toMatchObject([{ path: 'kept', content: 'mine' }])
  }
})

it('an error of Python is described where the program replaces what is built in', async () => {
  const code = `${BUILTINS}\ndef main(input):\n    raise ValueError("mine")`
  for (const execution of await onEach('python', code))
    expect(execution).toMatchObject({ outcome: 'failure', errorMessage: 'ValueError: mine' })
})
