/** The guest programs: how each interpreter is started and how it gets its job. */
import { prefixBind, SANDBOX_PATHS } from './confinement/bubblewrap.ts'
import type { HostTools } from './find-tools.ts'

export type GuestName = 'javascript' | 'python' | 'bash' | 'vm2'

/** An interpreter with its guest program, by paths as seen where it runs. */
export interface Guest {
  name: string
  command: readonly string[]
  binds: readonly (readonly [string, string])[]
  /** Started ahead, with the fork server's program, it forks instead of being started; null where it cannot. */
  forkServer: readonly string[] | null
  /**
   * For hosts without control groups: data segment of one process, a fixed part and a share of the limit. So much
   * more than the limit that the supervisor's look comes before a refusal, which leaves no trace.
   */
  data: { floorBytes: number; times: number }
  /** What the interpreter has of its own, processes too, which does not count under the program's limits. */
  threads: number
  descriptors: number
}

export const NODE_FLAGS = ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', '--no-addons']
/** V8 reserves 512 MiB for code, which count as data, and as much for each Worker. */
const NODE_DATA_FLOOR = 603_979_776
const NODE_WORKERS_DATA = 8 * 536_870_912

/** Four of V8's platform, four of libuv, one for delayed tasks, one for signals; without them Node aborts or hangs. */
const NODE_THREADS = 10
/** Event loop, signals, pipes between its threads; with less it does not start. */
const NODE_DESCRIPTORS = 16

const PYTHON_DATA_FLOOR = 33_554_432
const BASH_DATA_FLOOR = 16_777_216

/** What keeps a guest from starting, and the command that helps. */
export interface MissingGuest {
  missing: string
  fix: string
}

/** How to start `name` in a sandbox, or without one where `directory` holds the guest programs. */
export function findGuest(name: GuestName, tools: HostTools, directory: string | null): Guest | MissingGuest {
  const guest = (file: string) => `${directory ?? SANDBOX_PATHS.guest}/${file}`
  if (name === 'python')
    return findPythonGuest(tools, guest(tools.pythonCompiled ? 'python.pyc' : 'python.py'))
  if (name === 'bash') return findBashGuest(tools, guest('bash.sh'))
  const node = directory === null ? SANDBOX_PATHS.node : tools.node
  return {
    name,
    command: [node, ...NODE_FLAGS, guest(name === 'vm2' ? 'vm2.cjs' : 'javascript.cjs')],
    binds: [[tools.node, SANDBOX_PATHS.node]],
    forkServer: null,
    data: { floorBytes: NODE_DATA_FLOOR + (name === 'vm2' ? 0 : NODE_WORKERS_DATA), times: 1 },
    threads: NODE_THREADS,
    descriptors: NODE_DESCRIPTORS,
  }
}

function findPythonGuest(tools: HostTools, program: string): Guest | MissingGuest {
  if (tools.python === null) return { missing: 'python3 was not found', fix: 'apt-get install -y python3' }
  const python = [tools.python.path, '-I', '-S', '-B']
  return {
    name: 'python',
    command: [...python, program],
    binds: prefixBind(tools.python.prefix),
    forkServer: [...python, `${SANDBOX_PATHS.guest}/fork-server.py`],
    data: { floorBytes: PYTHON_DATA_FLOOR, times: 4 },
    threads: 0,
    descriptors: 0,
  }
}

function findBashGuest(tools: HostTools, program: string): Guest | MissingGuest {
  if (tools.bash === null) return { missing: 'bash was not found', fix: 'apt-get install -y bash' }
  return {
    name: 'bash',
    command: [tools.bash, '--norc', '--noprofile', program],
    binds: [],
    forkServer: null,
    data: { floorBytes: BASH_DATA_FLOOR, times: 4 },
    threads: 0,
    descriptors: 0,
  }
}
