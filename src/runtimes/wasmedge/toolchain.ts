/** What a run needs of WasmEdge: the engine, a language module, and its compiled form as soon as there is one. */
import type { Config } from '../../config.ts'
import { isExectrailError, messageOf } from '../../errors.ts'
import { compileModule, COMPILE_COST } from '../../provision/wasmedge/compile.ts'
import type { Engine } from '../../provision/wasmedge/engine.ts'
import { findEngine } from '../../provision/wasmedge/wasmedge.ts'
import {
  compiledPath,
  exists,
  prepareModule,
  type LanguageModule,
  type ModuleName,
} from '../../provision/wasmedge/modules.ts'
import type { PoolOptions } from '../sandbox/slots/warm-pool.ts'

/** Options of the runtime. */
export interface WasmedgeOptions extends Pick<Config, 'path' | 'cacheDir' | 'ci'> {
  /** Gets one line each, for a person. */
  report: (line: string) => void
  /** Sandboxes started ahead: 160 MB each for Python, most of it shared. @default at most two of a kind */
  pool?: PoolOptions
  /** What of the host's means to use around the engine; `off` is for tests of the weaker way. @default auto */
  namespaces?: 'auto' | 'off'
  /** `never` leaves modules as they are found: interpreted where they are not compiled. @default background, never under CI */
  compile?: 'background' | 'never'
  /** ms between the first run of a language and its compilation: a short program is not worth one. @default 5000 */
  compileAfterMs?: number
}

/** A module as it can be run now. */
export interface Runnable {
  engine: Engine
  module: LanguageModule
  form: 'compiled' | 'interpreted'
  /** Of the compiled module, or of the WebAssembly. */
  path: string
}

const COMPILE_AFTER_MS = 5000
/** A search that failed is not repeated for every run. */
const RETRY_AFTER_MS = 60_000

export class WasmToolchain {
  readonly #options: WasmedgeOptions
  readonly #closing = new AbortController()
  #engine: Promise<Engine> | null = null
  readonly #modules = new Map<ModuleName, Promise<LanguageModule>>()
  readonly #compiled = new Set<string>()
  readonly #asked = new Set<ModuleName>()
  #compiling: Promise<void> = Promise.resolve()

  constructor(options: WasmedgeOptions) {
    this.#options = options
  }

  /** @throws {RuntimeUnavailableError} */
  engine(): Promise<Engine> {
    if (this.#engine !== null) return this.#engine
    const { path, cacheDir, ci, report } = this.#options
    const found = findEngine({ config: { path, cacheDir, ci }, report })
    this.#engine = found
    found.catch(() => {
      setTimeout(() => {
        if (this.#engine === found) this.#engine = null
      }, RETRY_AFTER_MS).unref()
    })
    return found
  }

  /** @throws {RuntimeUnavailableError} */
  module(name: ModuleName): Promise<LanguageModule> {
    const known = this.#modules.get(name)
    if (known !== undefined) return known
    const made = prepareModule(name, this.#options.cacheDir)
    this.#modules.set(name, made)
    made.catch(() => this.#modules.delete(name))
    return made
  }

  /** The module in its best form; where that is not the compiled one, sees to it that it will be. */
  async find(name: ModuleName): Promise<Runnable> {
    const runnable = await this.look(name)
    if (runnable.form === 'interpreted') this.#plan(name)
    return runnable
  }

  /** The module in its best form. @throws {RuntimeUnavailableError} */
  async look(name: ModuleName): Promise<Runnable> {
    const [engine, module] = await Promise.all([this.engine(), this.module(name)])
    const path = compiledPath(module, engine)
    if (this.#compiled.has(path) || (await exists(path))) {
      this.#compiled.add(path)
      return { engine, module, form: 'compiled', path }
    }
    return { engine, module, form: 'interpreted', path: `${module.directory}/module.wasm` }
  }

  /** Ends a compilation that is under way. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('the runtime was closed'))
    await this.#compiling
  }

  #plan(name: ModuleName): void {
    const { ci, compile = ci ? 'never' : 'background', compileAfterMs } = this.#options
    if (compile === 'never' || this.#asked.has(name)) return
    this.#asked.add(name)
    const timer = setTimeout(() => {
      this.#compiling = this.#compiling.then(() => this.#compile(name))
    }, compileAfterMs ?? COMPILE_AFTER_MS)
    timer.unref()
    this.#closing.signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
  }

  /** Never rejects: interpreted code is slower, not wrong. */
  async #compile(name: ModuleName): Promise<void> {
    const { report } = this.#options
    try {
      const [engine, module] = await Promise.all([this.engine(), this.module(name)])
      report(
        `WasmEdge: compiling ${name} in the background (once, about ${COMPILE_COST[name].seconds} s); it is interpreted until then`,
      )
      await compileModule({
        engine,
        module,
        progress: { stage: () => undefined },
        signal: this.#closing.signal,
      })
      report(`WasmEdge: ${name} is compiled`)
    } catch (error) {
      if (this.#closing.signal.aborted) return
      report(`WasmEdge: ${name} stays interpreted: ${describeProblem(error)}`)
    }
  }
}

/** In one line: what, and what to do where that is known. */
export function describeProblem(error: unknown): string {
  if (isExectrailError(error) && error.hint !== undefined) return `${error.message}; ${error.hint}`
  return messageOf(error)
}
