/** `node tools/bacalhau/modules.ts DIRECTORY`: lays out the WASI modules that nodes of a cluster mount into jobs. */
import { resolve } from 'node:path'
import { makeModules } from '../../src/runtimes/bacalhau/modules.ts'

const [directory] = process.argv.slice(2)
if (directory === undefined) {
  process.stderr.write('usage: node tools/bacalhau/modules.ts DIRECTORY\n')
  process.exit(2)
}
await makeModules(resolve(directory))
process.stdout.write(`${resolve(directory)}\n`)
