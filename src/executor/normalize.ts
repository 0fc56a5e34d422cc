import { hash } from 'node:crypto'
import type { Context } from '@opentelemetry/api'
import { InvalidRequestError, type Issue } from '../errors.ts'
import type { ExecutionContext, ExecutionRequest, Limits, LimitsRequest } from '../execution.ts'
import { validate } from '../validation.ts'
import type { Runtime } from '../runtimes/runtime.ts'
import { DEFAULT_LIMITS } from './default-limits.ts'
import { toJsonText } from './json-text.ts'
import { readParent } from './parent.ts'
import {
  executionRequestSchema,
  MAX_INPUT_BYTES,
  type AgentRequestBody,
  type RequestBody,
} from './request-schema.ts'
import { rejectOversized } from './request-size.ts'
import { compileSchema, type SchemaCheck, type CompiledSchema } from './schema-check.ts'

/** A valid request with its defaults filled in. */
export interface NormalizedRequest {
  body: RequestBody
  runtime: Runtime
  context: ExecutionContext & { organizationId: string }
  limits: Limits
  /** JSON text. */
  input: string
  codeSha256: string
  codeBytes: number
  checkInput: SchemaCheck | null
  checkOutput: SchemaCheck | null
  signal: AbortSignal | undefined
  onOutput: ExecutionRequest['onOutput']
  /** Context of the parent span; undefined for the caller's active one. */
  parent: Context | undefined
  /** What the caller asked for, where an agent's code took its place. */
  asked?: AgentRequestBody
  warnings?: readonly string[]
}

const MIB = 1_048_576

type FindRuntime = (name: Runtime['name']) => Runtime | null

/**
 * Validates a request and fills in its defaults. Returns a promise when a schema is slow to compile.
 * @throws {InvalidRequestError} with every issue at once.
 */
export function normalizeRequest(
  request: ExecutionRequest,
  findRuntime: FindRuntime,
): NormalizedRequest | Promise<NormalizedRequest> {
  if (!isObject(request)) throw new InvalidRequestError([{ path: '', message: 'a request is an object' }])
  rejectOversized(request)
  const { signal, onOutput, parent: given, traceparent, tracestate, ...json } = request
  const issues = [...checkCallbacks(request), ...checkEnvNames(json.env)]
  const parent = readParent({ parent: given, traceparent, tracestate }, issues)
  const parsed = validate(executionRequestSchema, json)
  if (!parsed.ok) issues.push(...parsed.issues)
  const input = toJsonText(json.input, 'input', MAX_INPUT_BYTES)
  if (!input.ok) issues.push(...input.issues)
  const runtime = parsed.ok ? resolveRuntime(parsed.value, findRuntime, issues) : null
  const finish = (checks: readonly (CompiledSchema | null)[]): NormalizedRequest => {
    const [checkInput = null, checkOutput = null] = checks.map((compiled) => checkOrIssue(compiled, issues))
    if (!parsed.ok || !input.ok || runtime === null || issues.length > 0)
      throw new InvalidRequestError(issues)
    return {
      ...normalizeBody(parsed.value),
      runtime,
      input: input.text,
      checkInput,
      checkOutput,
      signal,
      onOutput,
      parent,
    }
  }
  const inputSchema = compileSchema(json.inputSchema, 'inputSchema')
  const outputSchema = compileSchema(json.outputSchema, 'outputSchema')
  return inputSchema instanceof Promise || outputSchema instanceof Promise
    ? Promise.all([inputSchema, outputSchema]).then(finish)
    : finish([inputSchema, outputSchema])
}

function isObject(request: unknown): boolean {
  return typeof request === 'object' && request !== null
}

/** The fields of a request that are not JSON. */
function checkCallbacks({ signal, onOutput }: ExecutionRequest): Issue[] {
  const issues: Issue[] = []
  if (signal !== undefined && !(signal instanceof AbortSignal))
    issues.push({ path: 'signal', message: 'an AbortSignal' })
  if (onOutput !== undefined && typeof onOutput !== 'function')
    issues.push({ path: 'onOutput', message: 'a function' })
  return issues
}

/** The schema drops this name silently. */
function checkEnvNames(env: unknown): Issue[] {
  if (typeof env !== 'object' || env === null || !Object.hasOwn(env, '__proto__')) return []
  return [{ path: 'env.__proto__', message: 'this name cannot be set' }]
}

function checkOrIssue(compiled: CompiledSchema | null, issues: Issue[]): SchemaCheck | null {
  if (compiled === null) return null
  if ('check' in compiled) return compiled.check
  issues.push(compiled.issue)
  return null
}

function normalizeBody(body: RequestBody) {
  return {
    body,
    context: { ...body.context, organizationId: body.context?.organizationId ?? 'default' },
    limits: normalizeLimits(body.limits),
    codeSha256: hash('sha256', body.code, 'hex'),
    codeBytes: Buffer.byteLength(body.code),
  }
}

function resolveRuntime(body: RequestBody, findRuntime: FindRuntime, issues: Issue[]): Runtime | null {
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

function normalizeLimits(requested: LimitsRequest | undefined): Limits {
  const { memoryMb, ...rest } = requested ?? {}
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
  const memory = memoryMb === undefined ? {} : { memoryBytes: memoryMb * MIB }
  return { ...DEFAULT_LIMITS, ...given, ...memory }
}
