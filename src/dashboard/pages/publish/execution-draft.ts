/** What of an execution goes into an agent that is made of it. */
import { toJsonText } from '../../components/json-values.ts'
import type { Ended } from '../../data/execution.ts'
import { FIRST, type PublishDraft } from './draft.ts'
import { schemaOf } from './schema-of.ts'

const CARRIED = ['files', 'policy', 'network', 'outputSchema'] as const

/** An agent that does what the execution did: its code, with its input and result for an example. */
export function draftOfExecution(record: Ended): PublishDraft {
  const { code, language, runtime, input, result, success, codeAgentId, limitTimeoutMs } = record
  const request = membersOf(record.request)
  const inputText = input === null ? '' : (toJsonText(input) ?? '')
  const given = request['inputSchema']
  return {
    ...FIRST,
    name: codeAgentId !== null && codeAgentId.includes('/') ? codeAgentId : '',
    language,
    runtimes: [runtime],
    code: code ?? '',
    inputSchema: schemaText(given, inputText),
    exampleInput: inputText,
    exampleOutput: success && result !== null ? (toJsonText(result) ?? '') : '',
    rest: {
      ...Object.fromEntries(
        CARRIED.flatMap((name) => (request[name] === undefined ? [] : [[name, request[name]]])),
      ),
      limits: { ...membersOf(request['limits']), timeoutMs: limitTimeoutMs },
    },
  }
}

/** The schema of the request, or one that fits its input. */
function schemaText(given: unknown, input: string): string {
  if (given !== undefined) return JSON.stringify(given, null, 2)
  return input === '' ? '' : JSON.stringify(schemaOf(JSON.parse(input)), null, 2)
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}
