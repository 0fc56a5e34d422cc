/** The job that stands for one execution, in the words of the orchestrator. */
import { randomBytes } from 'node:crypto'
import type { Language } from '../../execution.ts'
import type { RuntimeRequest } from '../runtime.ts'
import { GUESTS, runsQuickJs, type Channel, type Engine } from './engines.ts'
import { LIBRARY_TARGET } from './library.ts'
import { jobSources, JOB_TARGET } from './job-sources.ts'
import { MODULES_TARGET, type ModuleName } from './modules.ts'
import type { GuestProgram } from './program.ts'

/** What a job is made with. */
export interface JobPlan {
  engine: Engine
  channel: Channel
  /** Folder of the modules on the nodes. */
  modulesPath: string
  /** Images of container jobs. */
  images: Readonly<Record<Language, string>>
  /** CPU a job is given, as Bacalhau writes it. */
  cpu: string
  /** Labels that say whose job it is. */
  labels: Readonly<Record<string, string>>
  /** Only nodes with this label; null for any. */
  nodeLabel: string | null
}

/** A job ready to be put, and the word that marks its guest's frames. */
export interface PreparedJob {
  job: unknown
  marker: string
}

/** s a job may wait for a node before it fails, with the reason: less than the executor waits. */
const QUEUE_TIMEOUT_S = 240
/** s that start-up may take, beyond the run's own limit, before the node ends a job that is no longer watched. */
const STARTUP_ALLOWANCE_S = 300

const MODULES: Partial<Record<Language, ModuleName>> = {
  python: 'python',
  javascript: 'quickjs',
  typescript: 'quickjs',
}
/** Makes the job of `request`. */
export async function prepareJob(
  request: RuntimeRequest,
  program: GuestProgram,
  plan: JobPlan,
): Promise<PreparedJob> {
  const marker = randomBytes(16).toString('hex')
  const job = {
    // A name used twice makes a new version of the first job, or is refused.
    Name: `exectrail-${request.executionId}-${marker.slice(0, 8)}`,
    Type: 'batch',
    Count: 1,
    Labels: plan.labels,
    ...(plan.nodeLabel === null
      ? {}
      : { Constraints: [{ Key: plan.nodeLabel, Operator: '=', Values: ['true'] }] }),
    Tasks: [await makeTask(request, program, plan, marker)],
  }
  return { job, marker }
}

async function makeTask(
  request: RuntimeRequest,
  program: GuestProgram,
  plan: JobPlan,
  marker: string,
): Promise<unknown> {
  const { limits, language } = request
  const executionS = Math.ceil(limits.timeoutMs / 1000) + STARTUP_ALLOWANCE_S
  return {
    Name: 'main',
    Engine: makeEngine(language, plan, marker),
    InputSources: [
      ...(plan.engine === 'wasm' ? [modulesSource(plan.modulesPath)] : []),
      ...(await jobSources(request, program, plan)),
    ],
    ResultPaths: [{ Name: 'out', Path: '/out' }],
    ...(runsQuickJs(plan.engine, language) ? { Env: { QJS_LIB: `${LIBRARY_TARGET}/modules` } } : {}),
    // Result paths want a publisher, if only one that does nothing.
    Publisher: { Type: plan.channel === 'published' ? 'local' : 'noop' },
    // Where nothing is said, a node gives the host's network.
    Network: { Type: request.network === 'host' ? 'Host' : 'None' },
    Resources: {
      CPU: plan.cpu,
      ...(limits.memoryBytes === null ? {} : { Memory: `${limits.memoryBytes}b` }),
    },
    Timeouts: {
      ExecutionTimeout: executionS,
      QueueTimeout: QUEUE_TIMEOUT_S,
      TotalTimeout: executionS + QUEUE_TIMEOUT_S,
    },
  }
}

function makeEngine(language: Language, plan: JobPlan, marker: string): unknown {
  const [guest = ''] = GUESTS[plan.engine][language] ?? []
  const program = runsQuickJs(plan.engine, language)
    ? `${LIBRARY_TARGET}/javascript/job-main.js`
    : `${JOB_TARGET}/guest/${guest}`
  if (plan.engine === 'wasm') {
    const flags = language === 'python' ? ['-I', '-S', '-B'] : []
    const module = `${MODULES_TARGET}/${MODULES[language] ?? ''}.wasm`
    const Params = { EntryModule: module, Entrypoint: '_start', Parameters: [...flags, program, marker] }
    return { Type: 'wasm', Params }
  }
  const commands: Record<Language, readonly string[]> = {
    python: ['python3', '-I', '-B', program, marker],
    javascript: ['node', program, marker],
    typescript: ['node', program, marker],
    bash: ['bash', '--norc', '--noprofile', program, marker],
  }
  return { Type: 'docker', Params: { Image: plan.images[language], Entrypoint: commands[language] } }
}

function modulesSource(path: string): unknown {
  return { Target: MODULES_TARGET, Source: { Type: 'localDirectory', Params: { SourcePath: path } } }
}
