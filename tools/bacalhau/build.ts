/** `node tools/bacalhau/build.ts [stock]`: builds the node into the user's cache and prints its path. */
import { loadConfig } from '../../src/config.ts'
import { obtainNode } from '../../src/provision/bacalhau/bacalhau.ts'

const program = await obtainNode({
  config: loadConfig(),
  report: (line) => process.stderr.write(`${line}\n`),
  variant: process.argv[2] === 'stock' ? 'stock' : 'exectrail',
})
process.stdout.write(`${program.path}\n`)
