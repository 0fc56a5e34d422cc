/**
 * What OpenTelemetry's GenAI conventions say of a tool call that runs a command, on span and log record beside the
 * names of the record. See docs/adr/0001-genai-names.md.
 */
import type { StartedRecord } from '../../record/record.ts'
import type { Language } from '../../record/values.ts'

const OPERATION = 'execute_tool'
const DEFAULT_TOOL = 'run_code'
export const TOOL_KEYS = ['gen_ai.operation.name', 'gen_ai.tool.name', 'process.executable.name'] as const

const INTERPRETERS: Readonly<Record<Language, string>> = {
  javascript: 'node',
  typescript: 'node',
  python: 'python3',
  bash: 'bash',
}

export type ToolCallAttributes = Readonly<Partial<Record<(typeof TOOL_KEYS)[number], string>>>

/** `toolName` is what the caller calls the tool. @default run_code */
export function toolCallAttributes(
  { runtime, language }: Pick<StartedRecord, 'runtime' | 'language'>,
  toolName = DEFAULT_TOOL,
): ToolCallAttributes {
  const named = { 'gen_ai.operation.name': OPERATION, 'gen_ai.tool.name': toolName }
  // A job of Bacalhau runs where only its node knows the process.
  if (runtime === 'bacalhau') return named
  return {
    ...named,
    'process.executable.name': runtime === 'wasmedge' ? 'wasmedge' : INTERPRETERS[language],
  }
}
