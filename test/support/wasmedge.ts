/** WasmEdge as tests use it: the real engine, obtained once and kept in this user's cache between runs. */
import { loadConfig } from '../../src/config.ts'
import { messageOf } from '../../src/errors.ts'
import type { Language } from '../../src/execution.ts'
import { compileModule } from '../../src/provision/wasmedge/compile.ts'
import type { Engine } from '../../src/provision/wasmedge/engine.ts'
import { findEngine } from '../../src/provision/wasmedge/wasmedge.ts'
import {
  compiledPath,
  exists,
  MODULE_NAMES,
  prepareModule,
  type ModuleName,
} from '../../src/provision/wasmedge/modules.ts'
import type { WasmedgeOptions } from '../../src/runtimes/wasmedge/toolchain.ts'
import { IS_LONG_FORM } from './long-form.ts'

const COMPILE_MS = 300_000

/** Starts no module ahead of a run that may not come: Python, interpreted, takes seconds to be ready. */
export const NONE_AHEAD: Partial<WasmedgeOptions> = { pool: { cap: 0 } }

/** Options with the PATH of the tests; a runtime compiles nothing. */
export function wasmedgeOptions(change: Partial<WasmedgeOptions> = {}): WasmedgeOptions {
  const { path, cacheDir } = loadConfig()
  return { path, cacheDir, ci: true, report: () => undefined, compile: 'never', ...change }
}

/**
 * Gets the engine, and compiles its JavaScript once for all test files, which takes 40 s and saves minutes; in the long form
 * also its Python. A string is the visible reason why nothing of it can run here.
 */
export async function findWasmedge(): Promise<string | null> {
  const { path, cacheDir, report } = wasmedgeOptions()
  try {
    const engine = await findEngine({ config: { path, cacheDir, ci: true }, report })
    for (const name of IS_LONG_FORM ? MODULE_NAMES : (['quickjs'] as const))
      await compile(name, engine, cacheDir)
    return null
  } catch (error) {
    return messageOf(error).split('\n').join('; ')
  }
}

/** Without the memory to compile, it stays interpreted. */
async function compile(name: ModuleName, engine: Engine, cacheDir: string): Promise<void> {
  const module = await prepareModule(name, cacheDir)
  const signal = AbortSignal.timeout(COMPILE_MS)
  await compileModule({ engine, module, signal, progress: { stage: () => undefined } }).catch(() => undefined)
}

/** Languages whose whole contract would take minutes here, with the reason, for they are not compiled yet. */
export async function findUncompiled(): Promise<Partial<Record<Language, string>>> {
  const { path, cacheDir, report } = wasmedgeOptions()
  try {
    const engine = await findEngine({ config: { path, cacheDir, ci: true }, report })
    if (await exists(compiledPath(await prepareModule('python', cacheDir), engine))) return {}
    return { python: 'not compiled yet; `npx exectrail prepare wasmedge` does it in about 170 s' }
  } catch {
    return {} // nothing of it can run here, and that has a reason of its own
  }
}
