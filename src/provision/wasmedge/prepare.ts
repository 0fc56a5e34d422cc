/** Obtains WasmEdge and compiles both language modules, in the foreground. */
import type { Config } from '../../config.ts'
import { RuntimeUnavailableError, messageOf } from '../../errors.ts'
import { withProgress } from '../progress.ts'
import { compileModule, COMPILE_COST } from './compile.ts'
import { findEngine } from './wasmedge.ts'
import { MODULE_NAMES, prepareModule, type ModuleName } from './modules.ts'

export interface Preparation {
  config: Config
  /** Gets one line per step, for a person. */
  report: (line: string) => void
  signal: AbortSignal
}

/**
 * Paths of the compiled modules; those that are compiled already cost nothing.
 * @throws {RuntimeUnavailableError} when the engine or a module cannot be obtained
 */
export async function compileModules({ config, report, signal }: Preparation): Promise<string[]> {
  const engine = await findEngine({ config, report })
  report(`WasmEdge ${engine.version} (${engine.origin})`)
  const paths: string[] = []
  for (const name of MODULE_NAMES) {
    const module = await prepareModule(name, config.cacheDir)
    const title = `compiling ${name} (once, about ${COMPILE_COST[name].seconds} s)`
    const compiled = withProgress({ title, report, ci: config.ci }, (progress) =>
      compileModule({ engine, module, progress, signal }),
    )
    paths.push(await compiled.catch((error: unknown) => refuse(name, error)))
  }
  return paths
}

function refuse(name: ModuleName, cause: unknown): never {
  throw new RuntimeUnavailableError(`${name} could not be compiled: ${messageOf(cause)}`, {
    hint: 'it also runs interpreted, slower',
    cause,
  })
}
