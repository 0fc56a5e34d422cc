/** Turns the options of `run` into a request and reports every issue at once. */
import { isUtf8 } from 'node:buffer'
import { readFile, stat } from 'node:fs/promises'
import { basename, extname, isAbsolute, normalize } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { InvalidRequestError, messageOf, type Issue } from '../../errors.ts'
import { JsonSource } from '../../exact-json.ts'
import {
  LANGUAGES,
  type AgentExecutionRequest,
  type ExecutionRequest,
  type FileContent,
  type Language,
} from '../../execution.ts'
import { agentRequestSchema, executionRequestSchema } from '../../executor/request-schema.ts'
import { agentNameIssue } from '../../registry/names.ts'
import { validate, type Validated } from '../../validation.ts'

/** Options as typed on the command line. */
export interface RunOptions {
  eval?: string
  language?: string
  runtime?: string
  input?: string
  file?: readonly string[]
  env?: readonly string[]
  network?: string
  allowHost?: readonly string[]
  out?: string
  timeoutMs?: string
  memoryMb?: string
  org?: string
  workspace?: string
  user?: string
  agent?: string
  workflowExecution?: string
  node?: string
  json?: true
}

const BY_EXTENSION: Readonly<Record<string, Language>> = {
  '.js': 'javascript',
  '.mjs': 'javascript',
  '.cjs': 'javascript',
  '.ts': 'typescript',
  '.mts': 'typescript',
  '.cts': 'typescript',
  '.py': 'python',
  '.sh': 'bash',
  '.bash': 'bash',
}

const OPTION_OF: Readonly<Record<string, string>> = {
  code: 'the code',
  agent: 'the agent',
  language: '--language',
  runtime: '--runtime',
  input: '--input',
  network: '--network',
  'limits.timeoutMs': '--timeout-ms',
  'limits.memoryMb': '--memory-mb',
  'context.organizationId': '--org',
  'context.workspaceId': '--workspace',
  'context.userId': '--user',
  'context.codeAgentId': '--agent',
  'context.workflowExecutionId': '--workflow-execution',
  'context.nodeId': '--node',
}

/**
 * Reads the request of `run`.
 * @throws {InvalidRequestError} with every issue at once, each named by its option
 */
export async function readRunRequest(
  file: string | undefined,
  options: RunOptions,
): Promise<ExecutionRequest> {
  const issues: Issue[] = []
  const code = await readCode(file, options.eval, issues)
  const request = {
    runtime: options.runtime ?? 'subprocess',
    language: options.language ?? languageOf(file, issues),
    code,
    ...(await readCommon(options, issues)),
  }
  return finish(validate(executionRequestSchema, request), issues)
}

/**
 * Reads a request of `run` that names a code agent.
 * @throws {InvalidRequestError} with every issue at once, each named by its option
 */
export async function readAgentRun(agent: string, options: RunOptions): Promise<AgentExecutionRequest> {
  const issues: Issue[] = []
  if (options.language !== undefined) issues.push({ path: '--language', message: 'comes from the agent' })
  const { input, ...common } = await readCommon(options, issues)
  const request = { agent, runtime: options.runtime, ...common }
  const read = finish(validate(agentRequestSchema, request), issues)
  const { language: _language, code: _code, ...rest } = read
  return { ...rest, ...(input === undefined ? {} : { input }) }
}

/** Whether what is given for a file is the name of an agent: no such file is there. */
export async function isAgentReference(given: string): Promise<boolean> {
  const exists = await stat(given).then(
    () => true,
    () => false,
  )
  return !exists && agentNameIssue(given.split('@', 1)[0] ?? '') === null
}

async function readCommon(options: RunOptions, issues: Issue[]) {
  return {
    ...(options.input === undefined ? {} : { input: await readInput(options.input, issues) }),
    files: options.file && (await readFiles(options.file, issues)),
    env: options.env && readEnv(options.env, issues),
    network: options.allowHost === undefined ? options.network : { allow: options.allowHost },
    limits: { timeoutMs: toNumber(options.timeoutMs), memoryMb: toNumber(options.memoryMb) },
    context: {
      organizationId: options.org,
      workspaceId: options.workspace,
      userId: options.user,
      codeAgentId: options.agent,
      workflowExecutionId: options.workflowExecution,
      nodeId: options.node,
    },
  }
}

/** The request that was read, unless something is wrong with it. */
function finish<Request>(parsed: Validated<Request>, issues: readonly Issue[]): Request {
  if (parsed.ok && issues.length === 0) return parsed.value
  const said = new Set(issues.map((issue) => issue.path))
  const rest = (parsed.ok ? [] : parsed.issues)
    .map(({ path, message }) => ({ path: nameOption(path), message }))
    .filter((issue) => !said.has(issue.path))
  throw new InvalidRequestError([...issues, ...rest], 'See `exectrail run --help`.')
}

function nameOption(path: string): string {
  const [part = ''] = path.split('.')
  if (path.startsWith('network.allow')) return '--allow-host'
  return OPTION_OF[path] ?? (part === 'files' || part === 'env' ? `--${part.replace('files', 'file')}` : path)
}

async function readCode(
  file: string | undefined,
  inline: string | undefined,
  issues: Issue[],
): Promise<string> {
  const path = 'the code'
  const fail = (message: string): string => {
    issues.push({ path, message })
    return ''
  }
  if (file !== undefined && inline !== undefined) return fail('give a file or -e, not both')
  if (inline !== undefined) return inline
  if (file === undefined) return fail('give a file, `-` for standard input, or -e CODE')
  try {
    const bytes = file === '-' ? await buffer(process.stdin) : await readFile(file)
    return isUtf8(bytes) ? bytes.toString('utf8') : fail(`${file} is not UTF-8`)
  } catch (error) {
    return fail(`${file} cannot be read: ${messageOf(error)}`)
  }
}

function languageOf(file: string | undefined, issues: Issue[]): string {
  const known = file === undefined ? undefined : BY_EXTENSION[extname(file).toLowerCase()]
  if (known !== undefined) return known
  const why = file === undefined || file === '-' ? 'is needed here' : `cannot be derived from ${file}`
  issues.push({ path: '--language', message: `${why}; give one of ${LANGUAGES.join(', ')}` })
  return ''
}

async function readInput(given: string, issues: Issue[]): Promise<unknown> {
  const fail = (message: string): undefined => {
    issues.push({ path: '--input', message })
    return undefined
  }
  let json = given
  if (given.startsWith('@')) {
    const file = given.slice(1)
    const read = await readFile(file).catch((error: Error) =>
      fail(`${file} cannot be read: ${error.message}`),
    )
    if (read === undefined) return undefined
    if (!isUtf8(read)) return fail(`${file} is not UTF-8`)
    json = read.toString('utf8')
  }
  try {
    JSON.parse(json)
    return new JsonSource(json)
  } catch (error) {
    return fail(`not JSON: ${messageOf(error)}; quote strings, or use @FILE`)
  }
}

/** A file keeps its path when that is below the current directory, otherwise only its name. */
async function readFiles(paths: readonly string[], issues: Issue[]): Promise<FileContent[]> {
  const read = paths.map(async (path): Promise<FileContent[]> => {
    const below = normalize(path)
    const name = isAbsolute(below) || below.startsWith('..') ? basename(below) : below
    try {
      const bytes = await readFile(path)
      const encoding = isUtf8(bytes) ? 'utf8' : 'base64'
      return [{ path: name, content: bytes.toString(encoding), encoding }]
    } catch (error) {
      const message = messageOf(error)
      issues.push({ path: '--file', message: `${path} cannot be read: ${message}` })
      return []
    }
  })
  return (await Promise.all(read)).flat()
}

function readEnv(given: readonly string[], issues: Issue[]): Record<string, string> {
  return Object.fromEntries(
    given.flatMap((pair) => {
      const at = pair.indexOf('=')
      if (at > 0) return [[pair.slice(0, at), pair.slice(at + 1)]]
      issues.push({ path: '--env', message: 'NAME=VALUE' })
      return []
    }),
  )
}

/** Leaves other text for the schema to reject. */
function toNumber(given: string | undefined): number | string | undefined {
  if (given === undefined) return undefined
  return /^-?\d+(\.\d+)?$/.test(given) ? Number(given) : given
}
