/** What a reader has written to run: kept as typed, and made into a request when it runs. */
import type { RunInput } from '../../../client/index.ts'
import { parseExactly } from '../../../exact-json.ts'
import {
  LANGUAGES,
  RUNTIMES,
  type Language,
  type NetworkPolicy,
  type RuntimeName,
} from '../../../execution.ts'

/** Everything is text as it was typed; '' leaves it to the service. */
export interface RunDraft {
  language: Language
  runtime: RuntimeName | 'all'
  code: string
  /** JSON. */
  input: string
  /** JSON Schema. */
  inputSchema: string
  timeoutMs: string
  memoryMb: string
  cpuMs: string
  outputBytes: string
  /** A line `NAME=value` each. */
  env: string
  /** `none`, `host`, or names of hosts with spaces between. */
  network: string
  codeAgentId: string
  codeAgentVersion: string
  organizationId: string
  workspaceId: string
  userId: string
}

export type RunRequest = RunInput

export const EXAMPLES: Readonly<Record<Language, string>> = {
  python:
    'def main(input):\n    print("adding", len(input["xs"]), "numbers")\n    return {"sum": sum(input["xs"])}\n',
  javascript:
    'function main(input) {\n  console.log("adding", input.xs.length, "numbers")\n  return { sum: input.xs.reduce((sum, x) => sum + x, 0) }\n}\n',
  typescript:
    'function main(input: { xs: number[] }) {\n  console.log("adding", input.xs.length, "numbers")\n  return { sum: input.xs.reduce((sum, x) => sum + x, 0) }\n}\n',
  bash: 'main() {\n  echo "input: $1" >&2\n  echo \'{"ok": true}\'\n}\n',
}

export const FIRST: RunDraft = {
  language: 'python',
  runtime: 'subprocess',
  code: EXAMPLES.python,
  input: '{ "xs": [1, 2, 3] }',
  inputSchema: '',
  timeoutMs: '',
  memoryMb: '',
  cpuMs: '',
  outputBytes: '',
  env: '',
  network: '',
  codeAgentId: '',
  codeAgentVersion: '',
  organizationId: '',
  workspaceId: '',
  userId: '',
}

/** An example that was not touched becomes that of the new language. */
export function withLanguage(draft: RunDraft, language: Language): RunDraft {
  const untouched = draft.code.trim() === '' || draft.code === EXAMPLES[draft.language]
  return { ...draft, language, code: untouched ? EXAMPLES[language] : draft.code }
}

/** @throws {SyntaxError} that says which part cannot be sent, and why */
export function toRequest(draft: RunDraft, runtime: RuntimeName): RunRequest {
  const { language, code } = draft
  const input = readJson('input', draft.input)
  const inputSchema = readJson('input schema', draft.inputSchema)
  const env = readEnv(draft.env)
  const network = readNetwork(draft.network)
  const limits = present({
    timeoutMs: readCount('time limit', draft.timeoutMs),
    memoryMb: readCount('memory limit', draft.memoryMb),
    cpuMs: readCount('processor limit', draft.cpuMs),
    outputBytes: readCount('output limit', draft.outputBytes),
  })
  const { codeAgentId, codeAgentVersion, organizationId, workspaceId, userId } = draft
  const ids = Object.entries({ codeAgentId, codeAgentVersion, organizationId, workspaceId, userId })
  const context = Object.fromEntries(ids.map(([name, id]) => [name, id.trim() || undefined]))
  return {
    runtime,
    language,
    code,
    ...present({ input, inputSchema, network }),
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
    ...(Object.keys(env).length === 0 ? {} : { env }),
    ...(Object.keys(present(context)).length === 0 ? {} : { context: present(context) }),
  }
}

function present<Values extends object>(values: Values): Partial<Values> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- members are left out, none is changed
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Partial<Values>
}

function readJson(what: string, text: string): unknown {
  if (text.trim() === '') return undefined
  try {
    return parseExactly(text)
  } catch (error) {
    const why = error instanceof Error ? error.message : ''
    throw new SyntaxError(`The ${what} is no JSON: ${why}`, { cause: error })
  }
}

function readCount(what: string, text: string): number | undefined {
  if (text.trim() === '') return undefined
  const number = Number(text)
  if (Number.isSafeInteger(number) && number >= 0) return number
  throw new SyntaxError(`The ${what} is a whole number, not ${JSON.stringify(text)}.`)
}

function readEnv(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf('=')
      if (at < 1)
        throw new SyntaxError(`A variable is written NAME=value, not ${JSON.stringify(line.slice(0, 80))}.`)
      return [line.slice(0, at).trim(), line.slice(at + 1)]
    }),
  )
}

function readNetwork(text: string): NetworkPolicy | undefined {
  const names = text.split(/[\s,]+/u).filter((name) => name !== '')
  const [first] = names
  if (first === undefined) return undefined
  if (names.length === 1 && (first === 'none' || first === 'host')) return first
  return { allow: names }
}

export function isLanguage(value: unknown): value is Language {
  return LANGUAGES.some((language) => language === value)
}

export function isRuntimeChoice(value: unknown): value is RunDraft['runtime'] {
  return value === 'all' || RUNTIMES.some((runtime) => runtime === value)
}
