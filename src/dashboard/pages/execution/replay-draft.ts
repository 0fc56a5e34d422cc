/** What a reader changes before an execution is run again. */
import type { Operations } from '../../../client/index.ts'
import { parseExactly } from '../../../exact-json.ts'
import type { RuntimeName } from '../../../execution.ts'
import type { Ended } from '../../data/execution.ts'
import { memberOf } from './limits.ts'

export interface ReplayDraft {
  runtime: RuntimeName
  /** As typed; '' keeps what was. */
  timeoutMs: string
  memoryMb: string
  /** JSON text; as it was, it is not sent. */
  input: string
  /** The text that the input had. */
  originalInput: string
  env: Readonly<Record<string, string>>
}

type Changes = Omit<Operations['replayExecution']['input'], 'id'>

const MIB = 1_048_576

export function draftOf(record: Ended, inputText: string | null): ReplayDraft {
  const { runtime, limitTimeoutMs, limitMemoryBytes, input } = record
  const text = input === null ? '' : (inputText ?? '')
  const names = memberOf(record.request, 'env')
  const env = Array.isArray(names) ? names.filter((name) => typeof name === 'string') : []
  return {
    runtime,
    timeoutMs: String(limitTimeoutMs),
    memoryMb: limitMemoryBytes === null ? '' : String(Math.ceil(limitMemoryBytes / MIB)),
    input: text,
    originalInput: text,
    env: Object.fromEntries(env.map((name) => [name, ''])),
  }
}

/**
 * The changes of a draft; what is as it was is not sent, so that a value too large to be kept is not cut either.
 * @throws {SyntaxError} with what is wrong, for the reader
 */
export function toChanges(draft: ReplayDraft, record: Ended): Changes {
  const timeoutMs = toNumber('time limit', draft.timeoutMs)
  const memoryMb = toNumber('memory limit', draft.memoryMb)
  const limits = {
    ...(timeoutMs === null || timeoutMs === record.limitTimeoutMs ? {} : { timeoutMs }),
    ...(memoryMb === null || memoryMb === Math.ceil((record.limitMemoryBytes ?? 0) / MIB)
      ? {}
      : { memoryMb }),
  }
  return {
    ...(draft.runtime === record.runtime ? {} : { runtime: draft.runtime }),
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
    ...(draft.input === draft.originalInput ? {} : { input: readInput(draft.input) }),
    ...(Object.keys(draft.env).length === 0 ? {} : { env: draft.env }),
  }
}

function readInput(text: string): unknown {
  if (text.trim() === '') return null
  try {
    return parseExactly(text)
  } catch (error) {
    throw new SyntaxError(`The input is no JSON: ${error instanceof Error ? error.message : ''}`, {
      cause: error,
    })
  }
}

function toNumber(what: string, text: string): number | null {
  if (text.trim() === '') return null
  const number = Number(text)
  if (Number.isSafeInteger(number) && number > 0) return number
  throw new SyntaxError(`The ${what} is a whole number above 0, not ${JSON.stringify(text)}.`)
}
