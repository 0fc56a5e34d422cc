/** Before any test: gets the Collector, which takes minutes on a machine that never had it. */
import { loadConfig } from '../../src/config.ts'
import { findCollector } from '../../src/embedded/otelcol/find.ts'

export default async function setup(): Promise<void> {
  const config = { ...loadConfig(), ci: true }
  await findCollector({ config, report: (line) => process.stderr.write(`${line}\n`) })
}
