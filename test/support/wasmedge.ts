/** WasmEdge as tests use it: the real engine, got once and kept in this user's cache between runs. */
import { loadConfig } from '../../src/config.ts'
import type { Language } from '../../src/execution.ts'
import { findEngine } from '../../src/provision/wasmedge/wasmedge.ts'
import { compiledPath, exists, prepareModule } from '../../src/provision/wasmedge/modules.ts'
import type { WasmedgeOptions } from '../../src/runtimes/wasmedge/toolchain.ts'

/** Options with the PATH of the tests; modules stay as they are found, for compiling takes minutes. */
export function wasmedgeOptions(change: Partial<WasmedgeOptions> = {}): WasmedgeOptions {
  const { path, cacheDir } = loadConfig()
  return { path, cacheDir, ci: true, report: () => undefined, compile: 'never', ...change }
}

/** Gets the engine; a string is the visible reason why nothing of it can run here. */
export async function findWasmedge(): Promise<string | null> {
  const { path, cacheDir, report } = wasmedgeOptions()
  return findEngine({ config: { path, cacheDir, ci: true }, report }).then(
    () => null,
    (error: unknown) => (error instanceof Error ? error.message.split('\n').join('; ') : String(error)),
  )
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
