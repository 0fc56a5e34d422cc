/** A real Bacalhau node for tests: found, or built where Go is. */
import { join } from 'node:path'
import { loadConfig } from '../../src/config.ts'
import type { NodeVariant } from '../../src/provision/bacalhau/artifact.ts'
import { obtainNode } from '../../src/provision/bacalhau/bacalhau.ts'
import { bacalhau, type BacalhauRuntime } from '../../src/runtimes/bacalhau.ts'
import { temporaryDirectory } from './directory.ts'

/** Why there is no node of that kind here; null when there is one. */
export async function whyNoNode(variant: NodeVariant): Promise<string | null> {
  const config = loadConfig()
  try {
    await obtainNode({ config, variant, report: (line) => process.stderr.write(`${line}\n`) })
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** A runtime with a node of its own, which is gone when it is closed. */
export async function ownNode(variant: NodeVariant): Promise<BacalhauRuntime> {
  const { cacheDir, path } = loadConfig()
  const directory = await temporaryDirectory()
  const runtime = bacalhau({ apiUrl: null, home: join(directory.path, 'home'), cacheDir, path, variant })
  return {
    ...runtime,
    async close() {
      await runtime.close()
      await directory[Symbol.asyncDispose]()
    },
  }
}
