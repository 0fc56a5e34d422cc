import type { ExecutionRecord, Json } from '../execution.ts'

/** A record as callers see it: `input` and `result` are the values themselves. */
export type ExecutionView = Omit<ExecutionRecord, 'input' | 'result'> & { input: Json; result: Json }

/** Parses `input` and `result`. A text that was capped no longer parses and is shown as the text it is. */
export function viewExecution(record: ExecutionRecord): ExecutionView {
  return { ...record, input: parseJson(record.input), result: parseJson(record.result) }
}

/** As `viewExecution`, for the fields that were asked for. */
export function viewFields(record: Partial<ExecutionRecord>): Partial<ExecutionView> {
  const { input, result, ...rest } = record
  return {
    ...rest,
    ...(input === undefined ? {} : { input: parseJson(input) }),
    ...(result === undefined ? {} : { result: parseJson(result) }),
  }
}

function parseJson(text: string | null): Json {
  if (text === null) return null
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
