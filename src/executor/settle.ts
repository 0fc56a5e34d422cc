import { createHash } from 'node:crypto'
import { InvalidRequestError, type Issue } from '../errors.ts'
import type { ExecutionContext, ExecutionRequest, Limits, LimitsRequest } from '../execution.ts'
import type { Runtime } from '../runtimes/runtime.ts'
import { toJsonText } from './json-text.ts'
import { executionRequestSchema, MAX_INPUT_BYTES, type RequestBody } from './request-schema.ts'
import { compileSchema, type Check } from './validation.ts'

/** A request with every default settled, ready to run. */
export interface SettledRequest {
  body: RequestBody
  runtime: Runtime
  context: ExecutionContext & { organizationId: string }
  limits: Limits
  /** JSON text. */
  input: string
  codeSha256: string
  codeBytes: number
  checkInput: Check | null
  checkOutput: Check | null
  signal: AbortSignal | undefined
  onOutput: ExecutionRequest['onOutput']
}

const MIB = 1_048_576

/** What a run gets that asked for nothing. */
const DEFAULT_LIMITS: Limits = {
  timeoutMs: 30_000,
  cpuMs: null,
  memoryBytes: 512 * MIB,
  pids: 64,
  outputBytes: MIB,
  outputPolicy: 'truncate',
  diskBytes: 64 * MIB,
  openFiles: 256,
}

type FindRuntime = (name: Runtime['name']) => Runtime | null

/**
 * Checks a request whole and settles its defaults.
 * @throws {InvalidRequestError} with every issue at once.
 */
export function settleRequest(request: ExecutionRequest, findRuntime: FindRuntime): SettledRequest {
  const { signal, onOutput, ...json } = request
  const issues: Issue[] = []
  if (signal !== undefined && !(signal instanceof AbortSignal))
    issues.push({ path: 'signal', message: 'an AbortSignal' })
  if (onOutput !== undefined && typeof onOutput !== 'function')
    issues.push({ path: 'onOutput', message: 'a function' })
  const parsed = executionRequestSchema.safeParse(json)
  if (!parsed.success) {
    issues.push(
      ...parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message })),
    )
  }
  const input = toJsonText(json.input, 'input')
  if (!input.ok) issues.push(...input.issues)
  else if (Buffer.byteLength(input.text) > MAX_INPUT_BYTES)
    issues.push({ path: 'input', message: `at most ${MAX_INPUT_BYTES} bytes of JSON` })
  const checkInput = compileSchema(json.inputSchema, 'inputSchema', issues)
  const checkOutput = compileSchema(json.outputSchema, 'outputSchema', issues)
  const runtime = parsed.success ? servingRuntime(parsed.data, findRuntime, issues) : null
  if (!parsed.success || !input.ok || runtime === null || issues.length > 0)
    throw new InvalidRequestError(issues)
  const body = parsed.data
  return {
    body,
    runtime,
    context: { ...body.context, organizationId: body.context?.organizationId ?? 'default' },
    limits: settleLimits(body.limits),
    input: input.text,
    codeSha256: createHash('sha256').update(body.code).digest('hex'),
    codeBytes: Buffer.byteLength(body.code),
    checkInput,
    checkOutput,
    signal,
    onOutput,
  }
}

function servingRuntime(body: RequestBody, findRuntime: FindRuntime, issues: Issue[]): Runtime | null {
  const runtime = findRuntime(body.runtime)
  if (runtime === null) {
    issues.push({ path: 'runtime', message: `${body.runtime} is not part of this executor` })
    return null
  }
  const served = runtime.capabilities.languages
  if (!served.includes(body.language)) {
    issues.push({
      path: 'language',
      message: `${body.runtime} serves ${served.join(', ')}, not ${body.language}`,
    })
  }
  return runtime
}

function settleLimits(asked: LimitsRequest | undefined): Limits {
  const { memoryMb, ...rest } = asked ?? {}
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
  const memory = memoryMb === undefined ? {} : { memoryBytes: memoryMb * MIB }
  return { ...DEFAULT_LIMITS, ...given, ...memory }
}
