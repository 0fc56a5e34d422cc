/** `node src/provision/wasmedge/prepare.ts`: gets WasmEdge and compiles both language modules now, in the foreground. */
import { loadConfig } from '../../config.ts'
import { withProgress } from '../progress.ts'
import { compileModule, COMPILE_COST } from './compile.ts'
import { findEngine } from './wasmedge.ts'
import { MODULE_NAMES, prepareModule } from './modules.ts'

const report = (line: string): void => void process.stderr.write(`${line}\n`)
const config = loadConfig()
const interrupted = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => interrupted.abort(new Error('interrupted')))

try {
  const engine = await findEngine({ config, report })
  report(`WasmEdge ${engine.version} (${engine.origin})`)
  for (const name of MODULE_NAMES) {
    const module = await prepareModule(name, config.cacheDir)
    const title = `compiling ${name} (once, about ${COMPILE_COST[name].seconds} s)`
    const show = process.stderr.isTTY && !config.ci ? 'spinner' : 'lines'
    const path = await withProgress({ title, report, show }, (progress) =>
      compileModule({ engine, module, progress, signal: interrupted.signal }),
    )
    report(`${name}: ${path}`)
  }
} catch (error) {
  report(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
