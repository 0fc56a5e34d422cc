/** Runs many snippets in one execution and takes their outputs apart. */
import type { Language } from '../../src/execution.ts'
import type { Runtime, RuntimeRequest } from '../../src/runtimes/runtime.ts'
import { makeRequest, record } from '../support/run-recorder.ts'

/** ms that one execution may take. */
const DEADLINE_MS = 30_000
const MARK = '\u0001'
/** Stands before the words of an error. */
const WORDS = '\u0002'

/** What each snippet printed, and what its value or its error was. One that spoils the execution is run alone. */
export async function runSnippets(
  runtime: Runtime,
  language: Language,
  snippets: readonly string[],
): Promise<string[]> {
  const answers = await runTogether(runtime, language, snippets)
  if (answers !== null || snippets.length === 0) return answers ?? []
  if (snippets.length === 1) return [await describeRun(runtime, language, snippets)]
  const half = Math.ceil(snippets.length / 2)
  return [
    ...(await runSnippets(runtime, language, snippets.slice(0, half))),
    ...(await runSnippets(runtime, language, snippets.slice(half))),
  ]
}

/** The answers without the words of errors. */
export function withoutWords(answer: string): string {
  return answer.replaceAll(new RegExp(`${WORDS}[^${WORDS}]*${WORDS}`, 'gu'), '')
}

/** Null where not all of them finished. */
async function runTogether(
  runtime: Runtime,
  language: Language,
  snippets: readonly string[],
): Promise<string[] | null> {
  const { exit, stdout } = await record(runtime, toRequest(language, snippets), {
    signal: AbortSignal.timeout(DEADLINE_MS),
  })
  const answers = stdout.split(MARK).slice(1)
  return exit.exitCode === 0 && answers.length === snippets.length ? answers : null
}

async function describeRun(
  runtime: Runtime,
  language: Language,
  snippets: readonly string[],
): Promise<string> {
  const { exit, stdout, stderr } = await record(runtime, toRequest(language, snippets), {
    signal: AbortSignal.timeout(DEADLINE_MS),
  })
  return JSON.stringify({
    ...exit.uncaught,
    stack: undefined,
    exitCode: exit.exitCode,
    fault: exit.fault,
    stdout,
    stderr: stderr.slice(0, 300),
  })
}

function toRequest(language: Language, snippets: readonly string[]): RuntimeRequest {
  if (language !== 'python') return makeRequest(language, toJavaScript(snippets, language))
  return makeRequest(language, PYTHON, { input: JSON.stringify(snippets) })
}

function toJavaScript(snippets: readonly string[], language: Language): string {
  const calls = snippets.map((snippet) => {
    const body = isExpression(snippet) ? `return (${snippet}\n)` : snippet
    return `  await show(async () => {\n${body}\n  })`
  })
  return `const print = console.log.bind(console)
const show = async (run) => {
  print(${JSON.stringify(MARK)})
  try {
    const value = await run()
    if (value !== undefined) print(value)
  } catch (error) {
    print('threw', error?.name ?? error, ${JSON.stringify(WORDS)} + error?.message + ${JSON.stringify(WORDS)})
  }
}
${language === 'typescript' ? 'export ' : ''}async function main()${language === 'typescript' ? ': Promise<void>' : ''} {
${calls.join('\n')}
}`
}

function isExpression(snippet: string): boolean {
  try {
    // oxlint-disable-next-line typescript/no-implied-eval -- it is parsed and never called
    return typeof new Function(`(async () => (${snippet}\n))`) === 'function'
  } catch {
    return false
  }
}

const PYTHON = `import sys
def show(snippet):
    print(${JSON.stringify(MARK)})
    names = {"__name__": "snippet"}
    try:
        try:
            code = compile(snippet, "snippet", "eval")
        except SyntaxError:
            exec(compile(snippet, "snippet", "exec"), names)
        else:
            value = eval(code, names)
            if value is not None:
                print(repr(value))
    except BaseException as error:
        print("threw", type(error).__name__, "${WORDS}%s${WORDS}" % error)
def main(input):
    for snippet in input:
        show(snippet)
`
