import { createHash } from 'node:crypto'
import { InvalidRequestError, type Issue } from '../errors.ts'
import type { ExecutionContext, ExecutionRequest, Limits, LimitsRequest } from '../execution.ts'
import type { Runtime } from '../runtimes/runtime.ts'
import { toJsonText } from './json-text.ts'
import { describeIssue, executionRequestSchema, MAX_INPUT_BYTES, type RequestBody } from './request-schema.ts'
import { refuseOversized } from './request-size.ts'
import { compileSchema, type Check, type Compiled } from './validation.ts'

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
 * Checks a request whole and settles its defaults; a promise where a schema takes long to compile.
 * @throws {InvalidRequestError} with every issue at once.
 */
export function settleRequest(
  request: ExecutionRequest,
  findRuntime: FindRuntime,
): SettledRequest | Promise<SettledRequest> {
  if (!isObject(request)) throw new InvalidRequestError([{ path: '', message: 'a request is an object' }])
  refuseOversized(request)
  const { signal, onOutput, ...json } = request
  const issues = [...findStrangers(request), ...findPrototypes(json.env)]
  const parsed = executionRequestSchema.safeParse(json)
  for (const issue of parsed.error?.issues.slice(0, ISSUES_MAX) ?? []) issues.push(describeIssue(issue))
  const input = toJsonText(json.input, 'input', MAX_INPUT_BYTES)
  if (!input.ok) issues.push(...input.issues)
  const runtime = parsed.success ? servingRuntime(parsed.data, findRuntime, issues) : null
  const conclude = (checks: readonly (Compiled | null)[]): SettledRequest => {
    const [checkOfInput = null, checkOfOutput = null] = checks.map((compiled) => takeCheck(compiled, issues))
    if (!parsed.success || !input.ok || runtime === null || issues.length > 0)
      throw new InvalidRequestError(issues)
    return {
      ...settleBody(parsed.data),
      runtime,
      input: input.text,
      checkInput: checkOfInput,
      checkOutput: checkOfOutput,
      signal,
      onOutput,
    }
  }
  const checkInput = compileSchema(json.inputSchema, 'inputSchema')
  const checkOutput = compileSchema(json.outputSchema, 'outputSchema')
  return checkInput instanceof Promise || checkOutput instanceof Promise
    ? Promise.all([checkInput, checkOutput]).then(conclude)
    : conclude([checkInput, checkOutput])
}

/** Issues named; more of them tell nothing more. */
const ISSUES_MAX = 100

function isObject(request: unknown): boolean {
  return typeof request === 'object' && request !== null
}

/** What of a request is no JSON. */
function findStrangers({ signal, onOutput }: ExecutionRequest): Issue[] {
  const issues: Issue[] = []
  if (signal !== undefined && !(signal instanceof AbortSignal))
    issues.push({ path: 'signal', message: 'an AbortSignal' })
  if (onOutput !== undefined && typeof onOutput !== 'function')
    issues.push({ path: 'onOutput', message: 'a function' })
  return issues
}

/** The schema would drop this one name without a word. */
function findPrototypes(env: unknown): Issue[] {
  if (typeof env !== 'object' || env === null || !Object.hasOwn(env, '__proto__')) return []
  return [{ path: 'env.__proto__', message: 'this name cannot be set' }]
}

function takeCheck(compiled: Compiled | null, issues: Issue[]): Check | null {
  if (compiled === null) return null
  if ('check' in compiled) return compiled.check
  issues.push(compiled.issue)
  return null
}

function settleBody(body: RequestBody) {
  return {
    body,
    context: { ...body.context, organizationId: body.context?.organizationId ?? 'default' },
    limits: settleLimits(body.limits),
    codeSha256: createHash('sha256').update(body.code).digest('hex'),
    codeBytes: Buffer.byteLength(body.code),
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
