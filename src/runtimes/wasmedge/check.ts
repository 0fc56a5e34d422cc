/** Readiness of WasmEdge, in words for a person. */
import { setTimeout as pause } from 'node:timers/promises'
import { COMPILE_COST } from '../../provision/wasmedge/compile.ts'
import { MODULE_NAMES, type ModuleName } from '../../provision/wasmedge/modules.ts'
import { isExectrailError, messageOf } from '../../errors.ts'
import type { Limit } from '../../execution.ts'
import type { Readiness } from '../runtime.ts'
import { SandboxUnsupportedError } from '../sandbox/host-support.ts'
import type { SandboxHost } from '../sandbox/host.ts'
import type { Runnable, WasmToolchain } from './toolchain.ts'

/** Fetching the engine takes about 5 s; the check does not wait longer. */
const PATIENCE_MS = 8000

const VERSIONS: Record<ModuleName, string> = { quickjs: 'QuickJS 2021-03-27', python: 'CPython 3.12.0' }
const ENFORCES: readonly Limit[] = ['time', 'cpu', 'memory', 'pids', 'output', 'files']

type Missing = Readiness['missing'][number]

/** What is there and in what form; gets the engine where it is not there yet. */
export async function checkWasmedge(host: SandboxHost, toolchain: WasmToolchain): Promise<Readiness> {
  const missing: Missing[] = []
  const note = (error: unknown): null => {
    missing.push(toMissing(error))
    return null
  }
  const support = await host.support().catch(note)
  const engine = await Promise.race([toolchain.engine(), tooLate()]).catch(note)
  const found: Runnable[] = []
  if (engine !== null)
    for (const name of MODULE_NAMES) {
      const runnable = await toolchain.look(name).catch(note)
      if (runnable !== null) found.push(runnable)
    }
  const inside = support?.isolation === 'namespace'
  return {
    ready: support !== null && found.length > 0,
    version:
      engine === null
        ? null
        : [`WasmEdge ${engine.version}`, ...found.map(({ module }) => VERSIONS[module.name])].join(', '),
    isolation: found.length > 0 ? 'wasm' : 'none',
    enforces: inside ? [...ENFORCES, 'disk'] : ENFORCES,
    missing,
    notes: [...found.flatMap((runnable) => noteForm(runnable)), ...(inside ? [] : [OUTSIDE])],
  }
}

const OUTSIDE =
  'no namespaces are available around the engine: the module is the only barrier, and the scratch directory has no size limit'

function noteForm({ form, module: { name } }: Runnable): string[] {
  if (form === 'compiled') return []
  return [
    `${name} is interpreted until it is compiled: in the background once it was used (about ${COMPILE_COST[name].seconds} s), or now by \`npx exectrail prepare wasmedge\``,
  ]
}

async function tooLate(): Promise<never> {
  await pause(PATIENCE_MS, undefined, { ref: false })
  throw new Error('WasmEdge is still being fetched')
}

function toMissing(error: unknown): Missing {
  const what = messageOf(error)
  if (error instanceof SandboxUnsupportedError) return { what, fix: error.fix }
  if (isExectrailError(error) && error.hint !== undefined) return { what, fix: error.hint }
  return { what, fix: 'ask again in a minute' }
}
