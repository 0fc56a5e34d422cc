/** Whether the language takes the code: found without running it. */
import type { Language } from '../../execution.ts'
import { transpileToScript, type Refused } from '../../runtimes/transpile.ts'
import type { AgentDefinition } from '../definition.ts'
import { runForCheck, type CheckRun } from './check-run.ts'
import { finding, type Finding } from './finding.ts'

const TIMEOUT_MS = 10_000
const MEMORY_MB = 512

/** Reads Python without running it; the source is the input. */
const PYTHON_PROGRAM = `
import warnings
def main(source):
    warnings.simplefilter('ignore')
    try:
        compile(source, 'main.py', 'exec', dont_inherit=True)
    except SyntaxError as error:
        return {'line': error.lineno, 'message': error.msg}
    except (ValueError, RecursionError, MemoryError) as error:
        return {'line': None, 'message': 'it cannot be read: ' + str(error)}
`
const BASH_FILE = 'checked.sh'
const BASH_PROGRAM = `"$BASH" -n ${BASH_FILE}`
const BASH_ERROR = /^checked\.sh: line (?<line>\d+): (?<message>.+)$/mu

interface Fault {
  line: number | null
  message: string
  /** The file it is in; null for the code itself. */
  file?: string | null
}

/** What the language refuses, as one finding; none where the code is sound or no runtime here can check it. */
export async function checkSyntax(definition: AgentDefinition, run: CheckRun): Promise<Finding[]> {
  const fault = await faultOf(definition, run)
  if (fault === null) return []
  const at = (definition.files ?? []).findIndex(({ path }) => path === fault.file)
  return [
    finding({
      check: 'syntax',
      severity: 'error',
      path: at < 0 ? 'code' : `files.${at}`,
      line: fault.line,
      message: fault.message,
      hint: `Correct the ${NAMES[definition.language]} so that it can be read.`,
    }),
  ]
}

const NAMES: Readonly<Record<Language, string>> = {
  javascript: 'JavaScript',
  typescript: 'TypeScript',
  python: 'Python',
  bash: 'bash',
}

function faultOf(definition: AgentDefinition, run: CheckRun): Promise<Fault | null> {
  const { language } = definition
  if (language === 'javascript' || language === 'typescript') return compilerFault(definition, run)
  const isReady = run.runtimes.get('subprocess')?.readiness.ready === true
  if (!isReady) return Promise.resolve(null)
  return language === 'python' ? pythonFault(definition, run) : bashFault(definition, run)
}

/** Scripts may return at their top level beside an await, which the compiler takes for a module's. */
const TOP_LEVEL_RETURN = /^Top-level return/u

async function compilerFault(definition: AgentDefinition, run: CheckRun): Promise<Fault | null> {
  const { code, files = [], language } = definition
  const request = {
    code,
    files,
    organizationId: run.tenant.organizationId,
    limits: {
      timeoutMs: TIMEOUT_MS,
      cpuMs: null,
      memoryBytes: null,
      pids: 1,
      outputBytes: 0,
      outputPolicy: 'truncate',
      diskBytes: 0,
      openFiles: 16,
    },
  } as const
  const source =
    language === 'typescript'
      ? ({ fileName: 'main.ts', loader: 'ts' } as const)
      : ({ fileName: 'main.js', loader: 'js' } as const)
  const done = await transpileToScript(request, source, '__checked', { signal: run.signal })
  return 'code' in done ? null : refusal(done)
}

function refusal(refused: Refused): Fault | null {
  if ('limit' in refused) return { line: null, message: refused.message }
  if (!('error' in refused)) return null
  const { message, stack } = refused.error
  if (TOP_LEVEL_RETURN.test(message)) return null
  const place = /^(?<file>[^\n]{1,512}):(?<line>\d+):\d+$/mu.exec(stack ?? '')?.groups
  const file = place?.['file'] ?? null
  return { line: place?.['line'] === undefined ? null : Number(place['line']), message, file }
}

async function pythonFault({ code }: AgentDefinition, run: CheckRun): Promise<Fault | null> {
  const { result, outcome, errorMessage } = await runForCheck(run, {
    runtime: 'subprocess',
    language: 'python',
    code: PYTHON_PROGRAM,
    input: code,
    limits: { timeoutMs: TIMEOUT_MS, memoryMb: MEMORY_MB },
  })
  if (outcome === 'limit' || outcome === 'timeout')
    return { line: null, message: `reading it takes too much: ${errorMessage}` }
  if (typeof result !== 'object' || result === null || !('message' in result)) return null
  return {
    line: typeof result['line'] === 'number' ? result['line'] : null,
    message: typeof result['message'] === 'string' ? result['message'] : 'it cannot be read',
  }
}

async function bashFault({ code }: AgentDefinition, run: CheckRun): Promise<Fault | null> {
  const { outcome, stderr } = await runForCheck(run, {
    runtime: 'subprocess',
    language: 'bash',
    code: BASH_PROGRAM,
    files: [{ path: BASH_FILE, content: code }],
    limits: { timeoutMs: TIMEOUT_MS, memoryMb: MEMORY_MB, outputBytes: 4096 },
  })
  if (outcome !== 'failure') return null
  const found = BASH_ERROR.exec(stderr)?.groups
  return found === undefined
    ? { line: null, message: stderr.trim() || 'bash cannot read it' }
    : { line: Number(found['line']), message: found['message'] ?? '' }
}
