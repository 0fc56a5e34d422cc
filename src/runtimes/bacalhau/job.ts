/** The job that stands for one execution, in the words of the orchestrator. */
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Language } from '../../execution.ts'
import type { RuntimeRequest } from '../runtime.ts'
import { packArchive, type ArchiveFile } from './archive.ts'
import { MODULES_TARGET, type ModuleName } from './modules.ts'

/** How the job's code is run. */
export type Engine = 'wasm' | 'docker'

/** How what the guest says comes back: as the log stream while it runs, or published once it has ended. */
export type Channel = 'stream' | 'published'

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
  /** Labels that tell whose job it is. */
  labels: Readonly<Record<string, string>>
  /** Only nodes with this label; null for any. */
  nodeLabel: string | null
}

/** A job ready to be put, and the word that marks its guest's frames. */
export interface PreparedJob {
  job: unknown
  marker: string
}

const JOB = '/job'
const GUEST_DIRECTORY = join(import.meta.dirname, 'guest')
/** s a job may wait for a node before it fails, with the reason: less than the executor waits. */
const QUEUE_TIMEOUT_S = 240
/** s beside the run's own that start-up may take before the node ends what nobody watches any more. */
const STARTUP_ALLOWANCE_S = 300

const GUESTS: Record<Engine, Partial<Record<Language, readonly string[]>>> = {
  wasm: {
    python: ['python.py', 'loop.py'],
    javascript: ['quickjs.js', 'timers.js', 'text.js'],
    typescript: ['quickjs.js', 'timers.js', 'text.js'],
  },
  docker: {
    python: ['python.py'],
    javascript: ['node.cjs'],
    typescript: ['node.cjs'],
    bash: ['bash.sh'],
  },
}

const MODULES: Partial<Record<Language, ModuleName>> = {
  python: 'python',
  javascript: 'quickjs',
  typescript: 'quickjs',
}
const MAIN_FILES: Record<Language, string> = {
  javascript: 'main.js',
  typescript: 'main.js',
  python: 'main.py',
  bash: 'main.sh',
}

/** Languages an engine has a guest for. */
export function languagesOf(engine: Engine): Language[] {
  return (['javascript', 'typescript', 'python', 'bash'] as const).filter(
    (language) => GUESTS[engine][language] !== undefined,
  )
}

/** Makes the job of `request`; `code` is JavaScript where TypeScript was asked for. */
export async function prepareJob(request: RuntimeRequest, code: string, plan: JobPlan): Promise<PreparedJob> {
  const marker = randomBytes(16).toString('hex')
  const { limits, executionId, language } = request
  const executionS = Math.ceil(limits.timeoutMs / 1000) + STARTUP_ALLOWANCE_S
  const task = {
    Name: 'main',
    Engine: makeEngine(language, plan, marker),
    InputSources: [
      ...(plan.engine === 'wasm' ? [modulesSource(plan.modulesPath)] : []),
      await inlineSource(request, code, plan),
    ],
    ResultPaths: [{ Name: 'out', Path: '/out' }],
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
  const job = {
    // A name used twice makes a new version of the first job, or is refused.
    Name: `exectrail-${executionId}-${marker.slice(0, 8)}`,
    Type: 'batch',
    Count: 1,
    Labels: plan.labels,
    ...(plan.nodeLabel === null
      ? {}
      : { Constraints: [{ Key: plan.nodeLabel, Operator: '=', Values: ['true'] }] }),
    Tasks: [task],
  }
  return { job, marker }
}

function makeEngine(language: Language, plan: JobPlan, marker: string): unknown {
  const [guest = ''] = GUESTS[plan.engine][language] ?? []
  const program = `${JOB}/guest/${guest}`
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

/** Guest, head, input, code and files in one archive. The caller's environment stays out of the job's: */
/** the node would resolve values such as `env:SECRET` from its own. */
async function inlineSource(request: RuntimeRequest, code: string, plan: JobPlan): Promise<unknown> {
  const guests = GUESTS[plan.engine][request.language] ?? []
  const head = {
    env: request.env,
    // Without it the guest's chance is the same sequence in every run.
    seed: plan.channel === 'published' ? randomBytes(32).toString('hex') : null,
  }
  const files: ArchiveFile[] = [
    ...(await Promise.all(
      guests.map(async (name) => ({
        path: `guest/${name}`,
        content: await readFile(join(GUEST_DIRECTORY, name)),
      })),
    )),
    { path: 'head.json', content: Buffer.from(JSON.stringify(head)) },
    { path: 'input.json', content: Buffer.from(request.input) },
    ...request.files.map(({ path, content, encoding }) => ({
      path: `work/${path}`,
      content: Buffer.from(content, encoding ?? 'utf8'),
    })),
    { path: `work/${MAIN_FILES[request.language]}`, content: Buffer.from(code) },
  ]
  const url = `data:application/gzip;base64,${packArchive(files).toString('base64')}`
  return { Target: JOB, Source: { Type: 'inline', Params: { URL: url } } }
}
