/** JavaScript, TypeScript and Python as WebAssembly on WasmEdge, which itself runs inside the host's best sandbox. */
import type { Limits } from '../execution.ts'
import type { ModuleName } from '../provision/wasmedge/modules.ts'
import { mainHook } from './main-hook.ts'
import { runLocally } from './local/run.ts'
import type { Runtime, RuntimeExit, RuntimeIo, RuntimeRequest } from './runtime.ts'
import { SandboxUnsupportedError, type HostSupport } from './sandbox/host-support.ts'
import { SandboxHost } from './sandbox/host.ts'
import { faultExit } from './exits.ts'
import { WASM_LACKS } from './wasm-lacks.ts'
import { checkWasmedge } from './wasmedge/check.ts'
import { EngineLog } from './wasmedge/engine-log.ts'
import { ENGINE_BYTES, guestFor } from './wasmedge/guest-command.ts'
import { GuestMounts } from './wasmedge/guest-mounts.ts'
import { readWasmExit } from './wasmedge/read-wasm-exit.ts'
import { SCRIPT_FILE } from './compile/to-quickjs.ts'
import { refusedExit, transpileForQuickJs, type Script, type Source } from './transpile.ts'
import { describeProblem, WasmToolchain, type Runnable, type WasmedgeOptions } from './wasmedge/toolchain.ts'

const PYTHON_FILE = 'main.py'

/** Makes the runtime; nothing is looked for before the first `run` or `check`. */
export function wasmedge(options: WasmedgeOptions): Runtime {
  const host = new SandboxHost({
    path: options.path,
    requireIsolation: false, // the module is a sandbox of its own
    pool: options.pool ?? { cap: 2 },
    namespaces: options.namespaces ?? 'auto',
  })
  const toolchain = new WasmToolchain(options)
  const mounts = new WeakMap<HostSupport, GuestMounts>()
  const mountsFor = (support: HostSupport): GuestMounts => {
    const guestMounts = mounts.get(support) ?? new GuestMounts(support)
    mounts.set(support, guestMounts)
    return guestMounts
  }
  return {
    name: 'wasmedge',
    capabilities: {
      languages: ['javascript', 'typescript', 'python'],
      isolation: 'wasm',
      enforces: ['time', 'cpu', 'memory', 'pids', 'output', 'disk', 'files'],
      streaming: true,
      lacks: WASM_LACKS,
    },
    run: (request, io) => runModule({ host, toolchain, mountsFor }, request, io),
    check: () => checkWasmedge(host, toolchain),
    async close() {
      await Promise.all([host.close(), toolchain.close()])
    },
  }
}

interface Parts {
  host: SandboxHost
  toolchain: WasmToolchain
  mountsFor: (support: HostSupport) => GuestMounts
}

async function runModule(parts: Parts, request: RuntimeRequest, io: RuntimeIo): Promise<RuntimeExit> {
  if (request.network !== 'none')
    return faultExit('runtime_unavailable', 'wasmedge gives code no network; use network "none"', 'wasm')
  const hook = mainHook()
  const script =
    request.language === 'python' ? null : await transpileForQuickJs(request, sourceOf(request), hook, io)
  if (script !== null && !('code' in script)) return refusedExit(script, 'wasm')
  const found = await untilAborted(io.signal, setUp(parts, moduleOf(request)))
  if (found === null) return { ...faultExit('runtime_error', '', 'wasm'), fault: null }
  if (typeof found === 'string') return faultExit('runtime_unavailable', found, 'wasm')
  const { support, runnable } = found
  const log = new EngineLog(io)
  const guest = await guestFor(runnable, parts.mountsFor(support), {
    support,
    memoryBytes: request.limits.memoryBytes,
    env: request.env,
  })
  const program = {
    guest,
    file: script === null ? PYTHON_FILE : SCRIPT_FILE,
    code: { code: script?.code ?? request.code },
    head: (nonce: string) => JSON.stringify(headOf(request, script, { nonce, hook })),
  }
  const widened = { ...request, limits: widen(request.limits, runnable) }
  const exit = await runLocally({ host: parts.host, requireIsolation: false }, widened, program, log.io)
  await log.end()
  return readWasmExit(exit, log.words, runnable, request.limits.memoryBytes)
}

function sourceOf({ language }: RuntimeRequest): Source {
  return language === 'typescript'
    ? { fileName: 'main.ts', loader: 'ts' }
    : { fileName: 'main.js', loader: 'js' }
}

function moduleOf(request: RuntimeRequest): ModuleName {
  return request.language === 'python' ? 'python' : 'quickjs'
}

interface SetUp {
  support: HostSupport
  runnable: Runnable
}

/** A string says why there is none. */
async function setUp(parts: Parts, name: ModuleName): Promise<SetUp | string> {
  try {
    const [support, runnable] = await Promise.all([parts.host.support(), parts.toolchain.find(name)])
    return { support, runnable }
  } catch (error) {
    return error instanceof SandboxUnsupportedError
      ? `${error.message}: ${error.fix}`
      : describeProblem(error)
  }
}

/** Null when the run is cancelled while the engine is still being fetched. */
async function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T | null> {
  if (signal.aborted) return null
  const aborted = Promise.withResolvers<null>()
  const give = (): void => aborted.resolve(null)
  signal.addEventListener('abort', give, { once: true })
  try {
    return await Promise.race([work, aborted.promise])
  } finally {
    signal.removeEventListener('abort', give)
  }
}

function headOf(
  request: RuntimeRequest,
  script: Script | null,
  names: { nonce: string; hook: string },
): object {
  const { nonce, hook } = names
  if (script === null) return { nonce, env: request.env, file: PYTHON_FILE }
  return { nonce, env: request.env, file: SCRIPT_FILE, hook, ...script, code: undefined }
}

/** The program's memory is bounded by the engine; the process around it gets what the engine itself needs. */
function widen(limits: Limits, { module }: Runnable): Limits {
  const { memoryBytes } = limits
  return { ...limits, memoryBytes: memoryBytes === null ? null : memoryBytes + ENGINE_BYTES[module.name] }
}
