/** What one run uploads and the command it starts: the relay, the guest programs of the local runtimes, the job. */
import { randomBytes } from 'node:crypto'
import { basename, join } from 'node:path'
import { compileFunction } from 'node:vm'
import type { Language } from '../../execution.ts'
import { assembleGuest, libraryFile } from '../../guests/assemble.ts'
import type { Program } from '../interpreter-program.ts'
import type { RuntimeRequest } from '../runtime.ts'
import { findGuest } from '../sandbox/guests.ts'
import { OUT_MAX_BYTES, OUT_MAX_FILES } from '../sandbox/confinement/launch-command.ts'

/** One run as the sandbox gets it. */
export interface Task {
  /** Name of the run's directory under `/tmp`, and under the user's home. */
  name: string
  /** Marks the guest's frames; the program does not learn it. */
  nonce: string
  files: { path: string; data: string | ArrayBuffer }[]
  /** Shell text; holds nothing of the caller's. */
  command: string
  guestDir: string
}

type Guest = Exclude<Language, 'typescript'>

/**
 * The interpreters of the template, with what is installed there: unlike on a host of ours nothing has to be
 * kept out, the machine is the sandbox. Node's default is that of Node 20.9, the oldest seen in a template.
 */
const INTERPRETERS: Record<Guest, { file: string; command: readonly string[] }> = {
  javascript: { file: 'javascript.cjs', command: ['node'] },
  python: { file: 'python.py', command: ['python3', '-E', '-B'] },
  bash: { file: 'bash.sh', command: ['bash', '--norc', '--noprofile'] },
}
const LOCAL_GUESTS = join(import.meta.dirname, '../sandbox/guest')
const RELAY = join(import.meta.dirname, 'guest/relay.pl')
/** What the guest program loads. */
const BESIDE: Record<Guest, readonly string[]> = {
  javascript: [join(LOCAL_GUESTS, 'javascript-load.cjs'), join(LOCAL_GUESTS, 'warm.mjs')],
  python: [libraryFile('python/failure.py')],
  bash: [],
}

/** Lays out a run of `program`. */
export async function makeTask(request: RuntimeRequest, program: Program, code: string): Promise<Task> {
  const guest = request.language === 'typescript' ? 'javascript' : request.language
  const name = `exectrail-${randomBytes(8).toString('hex')}`
  const directory = `/tmp/${name}`
  const nonce = randomBytes(16).toString('hex')
  const { file, command } = INTERPRETERS[guest]
  const paths = [RELAY, join(LOCAL_GUESTS, 'supervisor.pl'), join(LOCAL_GUESTS, file), ...BESIDE[guest]]
  const programs = await Promise.all(
    paths.map(async (path) => ({
      path: `${directory}/${basename(path)}`,
      data: await assembleGuest(path),
    })),
  )
  const limits = ['perl', `${directory}/relay.pl`, directory, OUT_MAX_FILES, OUT_MAX_BYTES]
  return {
    name,
    nonce,
    guestDir: directory,
    files: [
      ...programs,
      { path: `${directory}/job`, data: encodeJob(request, program, code, { nonce, guest }) },
      // An upload makes the directories on its way, here one that only root could: /out. The relay clears it.
      { path: '/out/.exectrail', data: 'x' },
    ],
    command: `exec ${[...limits, ...command, `${directory}/${file}`].join(' ')}`,
  }
}

/** The mark of the guest's frames, then the supervisor's records `NAME LENGTH ARGUMENT\n` and LENGTH bytes. */
function encodeJob(
  request: RuntimeRequest,
  program: Program,
  code: string,
  { nonce, guest }: { nonce: string; guest: Guest },
): ArrayBuffer {
  const records: Uint8Array[] = [Buffer.from(`${nonce}\n`)]
  const add = (verb: string, argument: string, body: Uint8Array): void => {
    records.push(Buffer.from(`${verb} ${body.length} ${argument}\n`), body)
  }
  for (const { path, content, encoding } of request.files)
    add('file', path.replaceAll('\n', '_'), Buffer.from(content, encoding ?? 'utf8'))
  if (guest === 'javascript' && isModule(code) && !request.files.some(({ path }) => path === 'package.json'))
    add('file', 'package.json', Buffer.from('{"type":"module"}\n'))
  add('file', program.file, Buffer.from(code, 'utf8'))
  for (const [name, value] of limitsOf(request, guest)) add('limit', `${name} ${value}`, new Uint8Array())
  add('job', '', Buffer.from(`${program.head(nonce)}\n${request.input}`, 'utf8'))
  return new Uint8Array(Buffer.concat(records)).buffer
}

/** Limits of each process by name; `watch_` ones are those of the tree, looked after by the supervisor. */
function limitsOf({ limits }: RuntimeRequest, guest: Guest): (readonly [string, number])[] {
  const tools = {
    perl: null,
    bwrap: null,
    bwrapVersion: null,
    bash: 'bash',
    node: 'node',
    pythonCompiled: false,
  }
  const found = findGuest(guest, { ...tools, python: { path: 'python3', prefix: '/usr', version: '' } }, '')
  const data = 'data' in found ? found.data : { floorBytes: 0, times: 1 }
  const rows: (readonly [string, number])[] = [
    ['core', 0],
    ['nofile', limits.openFiles],
    ['fsize', limits.diskBytes],
    ['watch_pids', limits.pids],
    ['watch_cpu', (limits.cpuMs ?? 0) * 1000],
  ]
  if (limits.cpuMs !== null) rows.push(['cpu', Math.ceil(limits.cpuMs / 1000) + 1])
  if (limits.memoryBytes !== null)
    rows.push(
      ['data', data.floorBytes + data.times * limits.memoryBytes],
      ['watch_memory', limits.memoryBytes],
    )
  return rows
}

/**
 * Whether Node would take the file as an ES module. Node finds out by itself since 22.7; templates have older
 * ones. The code is parsed here as a CommonJS function and not run.
 */
export function isModule(code: string): boolean {
  try {
    compileFunction(code, ['exports', 'require', 'module', '__filename', '__dirname'])
    return false
  } catch {
    return true
  }
}
