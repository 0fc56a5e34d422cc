/** Programs that begin their main by themselves, on real runtimes: main runs once, and the program ends by itself. */
import { afterAll, describe, expect, it } from 'vitest'
import type { Language } from '../../src/execution.ts'
import type { Runtime } from '../../src/runtimes/runtime.ts'
import { subprocess } from '../../src/runtimes/subprocess.ts'
import { vm2 } from '../../src/runtimes/vm2.ts'
import { wasmedge } from '../../src/runtimes/wasmedge.ts'
import { MENTIONS, SCRIPTS } from '../guests/scripts.ts'
import { localOptions } from '../support/local-runtime.ts'
import { IS_LONG_FORM } from '../support/long-form.ts'
import { makeRequest, record } from '../support/run-recorder.ts'
import { findWasmedge, NONE_AHEAD, wasmedgeOptions } from '../support/wasmedge.ts'

const absent: Partial<Record<string, string | null>> = { wasmedge: await findWasmedge() }
const runtimes: Record<string, Runtime> = {
  subprocess: subprocess(localOptions()),
  vm2: vm2(localOptions()),
  wasmedge: wasmedge(wasmedgeOptions(NONE_AHEAD)),
}

afterAll(async () => {
  await Promise.all(Object.values(runtimes).map((runtime) => runtime.close()))
})

const MAIN = 'async function main() {\n  console.log("ran")\n}\n'
const JAVASCRIPT: Record<string, string> = {
  'called at the end': `${MAIN}main()`,
  'awaited at the top level': `const main = async () => { console.log("ran") }\nawait main()`,
  'exported as default and called': `export default main\n${MAIN}main()`,
  'exported as default under another name':
    'export default async function run() {\n  console.log("ran")\n}\nrun()',
  'exported and called': `export ${MAIN}main().catch(console.error)`,
  'in CommonJS': `${MAIN}module.exports = { main }\nmain()`,
  'of CommonJS under another name': 'const run = () => console.log("ran")\nmodule.exports = run\nrun()',
  'called once the program has waited': `${MAIN}async function begin() {\n  await new Promise((resolve) => setTimeout(resolve, 20))\n  await main()\n}\nbegin()`,
  'called by a timer': `${MAIN}setTimeout(main, 20)`,
  'called by a promise': 'const main = () => console.log("ran")\nPromise.resolve().then(main)',
  'called where it fails': `${MAIN}main().then(() => { throw new Error("caught") }).catch(() => undefined)`,
  'called by an arrow function': `${MAIN}const cli = () => main()\ncli()`,
  'called as a method': 'const app = { main() { console.log("ran") } }\nmodule.exports = app\napp.main()',
  'not called, in words': `// main()\n${MAIN}const text = "main()"`,
  'not called, in what is not called': `${MAIN}const later = () => main()`,
  'called where it is the program that runs': `${MAIN}if (require.main === module) main()`,
  'called where it is the program that runs and waits': `const x = await 1\n${MAIN}if (require.main === module) main(x)`,
  'called where the module is the program': `${MAIN}if (import.meta.main) await main()`,
  'no main, but a module that is the program':
    '#!/usr/bin/env node\nif (import.meta.main) console.log("ran")',
  'a script of CommonJS that names import.meta.main in a text':
    'const text = "import.meta.main" // import.meta.main\nexports.handler = undefined\nconsole.log("ran")',
  'exported as default of CommonJS': 'exports.default = () => console.log("ran")',
  'a handler': 'exports.handler = async (event) => console.log("ran")',
}
const PYTHON: Record<string, string> = {
  'called by another function':
    'import asyncio\nasync def main():\n    print("ran")\n\ndef cli():\n    asyncio.run(main())\n\nif __name__ == "__main__":\n    cli()',
  'called with what it takes if it is given':
    'def main(argv=None):\n    print("ran")\n\nif __name__ == "__main__":\n    main()',
  'called without parameters': 'def main():\n    print("ran")\n\nif __name__ == "__main__":\n    main()',
  'not called, without parameters': 'def main():\n    print("ran")',
}
const PYTHON_SCRIPTS = Object.entries({ ...SCRIPTS, ...MENTIONS }).flatMap(([name, { python }]) =>
  // WASI has no threads.
  python === undefined || python.includes('threading') ? [] : [[name, python]],
)
Object.assign(PYTHON, Object.fromEntries(PYTHON_SCRIPTS))
const BASH: Record<string, string> = {
  'called at the end': 'main() { echo ran; }\nmain "$@"',
  'called under a guard': 'main() { echo ran; }\n[[ ${BASH_SOURCE[0]} == "$0" ]] && main "$@"',
  'called in a shell of its own': `main() { echo ran; }\nexport -f main\ntimeout 5 bash -c 'main "$@"'`,
  'called where it cannot be changed': 'main() { echo ran; }\nreadonly -f main\nmain',
  'called in a pipe': 'main() { echo ran; }\nmain "$@" | cat',
}

const PROGRAMS: Record<Language, Record<string, string>> = {
  javascript: JAVASCRIPT,
  typescript: JAVASCRIPT,
  python: PYTHON,
  bash: BASH,
}

/** What runs as it does beside it is sampled but in the long form: TypeScript as JavaScript, and Python, which WasmEdge interprets. */
const COMPILED = ['called at the end', 'exported and called', 'a handler']
const SAMPLES: Record<string, readonly string[]> = {
  'vm2 typescript': COMPILED,
  'wasmedge typescript': COMPILED,
  'wasmedge python': ['not called, without parameters', 'with its status'],
}

function programsFor(runtime: string, language: Language): [string, string][] {
  const programs = Object.entries(PROGRAMS[language])
  const sample = IS_LONG_FORM ? undefined : SAMPLES[`${runtime} ${language}`]
  return programs.filter(([name]) => sample?.includes(name) ?? true)
}

describe.each(Object.entries(runtimes))('a main in %s', (name, runtime) => {
  const { languages } = runtime.capabilities
  describe.skipIf((absent[name] ?? null) !== null).each(languages)('%s', (language) => {
    it.each(programsFor(name, language))('runs once: %s', async (_name, code) => {
      const { exit, stdout, stderr } = await record(
        runtime,
        makeRequest(language, code, { input: '{"a":1}' }),
      )
      expect(`${stdout}${stderr}`).toBe('ran\n')
      // What main gives back counts only where it is called for the result.
      const status = code.includes('sys.exit') ? 1 : 0
      expect(exit).toMatchObject({ fault: null, uncaught: null, exitCode: status })
    })
  })
})
