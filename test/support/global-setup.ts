/** Before any test: gets what takes minutes on a machine that never had it, the Collector and a Bacalhau node. */
import { loadConfig } from '../../src/config.ts'
import { obtainNode } from '../../src/provision/bacalhau/bacalhau.ts'
import { findCollector } from '../../src/provision/collector/collector.ts'

export default async function setup(): Promise<void> {
  const config = { ...loadConfig(), ci: true }
  const report = (line: string): void => void process.stderr.write(`${line}\n`)
  await findCollector({ config, report })
  if (!needsNode(process.argv.slice(2))) return
  for (const variant of ['exectrail', 'stock'] as const) {
    try {
      await obtainNode({ config, variant, report })
    } catch (error) {
      // Its tests are skipped, with this for a reason.
      report(error instanceof Error ? error.message : String(error))
      return
    }
  }
}

/** Whether a Bacalhau node is among what the command line asks for: test files it names, or all. */
function needsNode(words: readonly string[]): boolean {
  const named = words.filter((word) => word.startsWith('test/'))
  return (
    named.length === 0 ||
    named.some((word) => 'test/runtimes/bacalhau'.startsWith(word) || word.includes('bacalhau'))
  )
}
