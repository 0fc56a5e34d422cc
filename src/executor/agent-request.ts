/** Turns a request that names a code agent into one with its code. The caller may narrow what the agent may do, never widen it. */
import type { RunnableAgent } from '../agents/source.ts'
import { InvalidRequestError, type Issue } from '../errors.ts'
import type {
  AgentExecutionRequest,
  CodePolicy,
  ExecutionRequest,
  FileContent,
  LimitsRequest,
  NetworkPolicy,
} from '../execution.ts'
import { checked } from '../validation.ts'
import { DEFAULT_LIMITS_REQUEST } from './default-limits.ts'
import { agentRequestSchema, type AgentRequestBody } from './request-schema.ts'
import { rejectOversized } from './request-size.ts'

export function namesAgent(
  request: ExecutionRequest | AgentExecutionRequest,
): request is AgentExecutionRequest {
  return typeof request === 'object' && request !== null && 'agent' in request && request.agent !== undefined
}

/**
 * What of a request is JSON, without its input, checked as far as it can be without the agent.
 * @throws {InvalidRequestError} with every issue at once
 */
export function readAgentRequest(request: AgentExecutionRequest): AgentRequestBody {
  rejectOversized(request)
  const {
    signal: _1,
    onOutput: _2,
    parent: _3,
    traceparent: _4,
    tracestate: _5,
    input: _6,
    ...json
  } = request
  return checked(agentRequestSchema, json)
}

/**
 * The request with the agent's code and rules, and its name and version in the context.
 * @throws {InvalidRequestError} with everything that the agent does not allow
 */
export function withAgent(
  request: AgentExecutionRequest,
  body: AgentRequestBody,
  found: RunnableAgent,
): ExecutionRequest {
  const { definition } = found
  const issues: Issue[] = []
  const { agent: _agent, ...own } = request
  const narrowed = {
    runtime: runtimeOf(body, found, issues),
    limits: narrowLimits(body.limits, found, issues),
    network: narrowNetwork(body.network, found, issues),
    policy: bothPolicies(definition.policy, body.policy),
    files: bothFiles(body.files, found, issues),
    inputSchema: schemaOf('inputSchema', body, found, issues),
    outputSchema: schemaOf('outputSchema', body, found, issues),
    context: contextOf(body, found, issues),
  }
  rejectInterpreterVariables(body.env ?? {}, issues)
  if (issues.length > 0)
    throw new InvalidRequestError(
      issues,
      `What ${labelOf(found)} may do is its publisher's to say; fork it to change that.`,
    )
  const { language, code } = definition
  return { ...own, ...narrowed, language, code }
}

function labelOf({ name, version }: RunnableAgent): string {
  return `${name}@${version}`
}

function runtimeOf({ runtime }: AgentRequestBody, found: RunnableAgent, issues: Issue[]) {
  const { runtimes } = found.definition
  const [first = 'subprocess'] = runtimes
  if (runtime !== undefined && !runtimes.includes(runtime))
    issues.push({ path: 'runtime', message: `${labelOf(found)} runs on ${runtimes.join(', ')}` })
  return runtime ?? first
}

const STRICTNESS = ['kill', 'truncate'] as const

function narrowLimits(given: LimitsRequest = {}, found: RunnableAgent, issues: Issue[]): LimitsRequest {
  const { outputPolicy: ownPolicy = 'truncate', ...own } = {
    ...DEFAULT_LIMITS_REQUEST,
    ...withoutUndefined(found.definition.limits ?? {}),
  }
  const { outputPolicy = ownPolicy, ...asked } = given
  for (const [name, most] of Object.entries(own)) {
    const value: unknown = Reflect.get(asked, name)
    if (typeof value === 'number' && typeof most === 'number' && value > most)
      issues.push({ path: `limits.${name}`, message: `at most ${most}, as ${labelOf(found)} has it` })
  }
  if (STRICTNESS.indexOf(outputPolicy) > STRICTNESS.indexOf(ownPolicy))
    issues.push({ path: 'limits.outputPolicy', message: `${ownPolicy}, as ${labelOf(found)} has it` })
  return { ...found.definition.limits, ...withoutUndefined(asked), outputPolicy }
}

function narrowNetwork(
  given: NetworkPolicy | undefined,
  found: RunnableAgent,
  issues: Issue[],
): NetworkPolicy {
  const own = found.definition.network ?? 'none'
  if (given === undefined || given === 'none' || own === 'host') return given ?? own
  const hosts = own === 'none' ? [] : own.allow
  const wanted = given === 'host' ? ['host'] : given.allow
  const wider =
    given === 'host' ? wanted : wanted.filter((host) => !hosts.some((known) => covers(known, host)))
  if (wider.length > 0)
    issues.push({
      path: 'network',
      message: `${labelOf(found)} may reach ${hosts.length === 0 ? 'no network' : `only ${hosts.join(', ')}`}, not ${wider.join(', ')}`,
    })
  return given
}

/** `*.example.com` covers every name below it, and every pattern of such names. */
function covers(known: string, host: string): boolean {
  const [own, wanted] = [known.toLowerCase(), host.toLowerCase()]
  return own === wanted || (own.startsWith('*.') && wanted.replace(/^\*/u, '').endsWith(own.slice(1)))
}

const both = (one: readonly string[] = [], other: readonly string[] = []): string[] => [
  ...new Set([...one, ...other]),
]

/** More rules are narrower. */
function bothPolicies(own: CodePolicy = {}, given: CodePolicy = {}): CodePolicy {
  return {
    denyModules: both(own.denyModules, given.denyModules),
    denyPatterns: both(own.denyPatterns, given.denyPatterns),
  }
}

/** Modules and libraries beside the code would take the place of those it imports. */
const CODE_FILE = /\.(?:[cm]?[jt]sx?|node|wasm|py[cdiowz]?|pth|so(?:\.\d+)*|dll|dylib|sh|bash)$/iu
const DIRECTS_IMPORTS = /(?:^|\/)(?:package|tsconfig|jsconfig)\.json$/iu

function bothFiles(
  given: readonly FileContent[] = [],
  found: RunnableAgent,
  issues: Issue[],
): readonly FileContent[] {
  const { files: own = [] } = found.definition
  const paths = new Set(own.map(({ path }) => path.toLowerCase()))
  for (const [index, { path }] of given.entries()) {
    if (paths.has(path.toLowerCase()))
      issues.push({ path: `files.${index}.path`, message: `${labelOf(found)} has a file ${path} of its own` })
    else if (CODE_FILE.test(path) || DIRECTS_IMPORTS.test(path))
      issues.push({ path: `files.${index}.path`, message: 'files for an agent hold data, not code' })
  }
  return [...own, ...given]
}

function schemaOf(
  name: 'inputSchema' | 'outputSchema',
  body: AgentRequestBody,
  found: RunnableAgent,
  issues: Issue[],
): unknown {
  const own = found.definition[name]
  if (own !== undefined && body[name] !== undefined)
    issues.push({ path: name, message: `${labelOf(found)} has one of its own` })
  return own ?? body[name]
}

function contextOf({ context = {} }: AgentRequestBody, found: RunnableAgent, issues: Issue[]) {
  const own = { codeAgentId: found.name, codeAgentVersion: found.version }
  for (const name of ['codeAgentId', 'codeAgentVersion'] as const) {
    const given = context[name]
    if (given !== undefined && given !== own[name])
      issues.push({ path: `context.${name}`, message: `${own[name]}, which the record gets by itself` })
  }
  return { ...context, ...own }
}

/** Variables that make interpreters load other code than the agent's. */
const OF_INTERPRETERS =
  /^(?:LD_|DYLD_|BASH|PYTHON|NODE_|GCONV_PATH$|PATH$|ENV$|SHELLOPTS$|PS4$|IFS$|TMPDIR$|HOME$|TRACEPARENT$)/u

function rejectInterpreterVariables(env: Readonly<Record<string, string>>, issues: Issue[]): void {
  for (const name of Object.keys(env))
    if (OF_INTERPRETERS.test(name))
      issues.push({ path: `env.${name}`, message: 'changes how code is loaded, which is not the caller’s' })
}

function withoutUndefined(limits: LimitsRequest): LimitsRequest {
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined))
}
