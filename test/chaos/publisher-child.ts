/**
 * A process that publishes versions of code agents without end: `node publisher-child.ts URL NUMBER`. It says
 * `namespace/name@version sha256` once each is acknowledged.
 */
import { writeSync } from 'node:fs'
import { openDatabase } from '../../src/metadata/database.ts'
import { publish } from '../../src/service/registry/publish.ts'
import { ACME, makeDefinition, withoutChecks } from '../support/registry.ts'

const [, , url = '', number = ''] = process.argv
const database = openDatabase(url)

async function publishWithoutEnd(lane: number): Promise<void> {
  for (let count = 1; ; count += 1) {
    const name = `lane-${number}-${lane}-${Math.ceil(count / 3)}/agent`
    const definition = makeDefinition({ name, version: `1.${count}.0`, readme: 'x'.repeat(20_000) })
    const { version } = await publish(withoutChecks(database), ACME, { definition, visibility: 'public' })
    writeSync(1, `${name}@${version.version} ${version.sha256}\n`)
  }
}

await Promise.all([1, 2, 3, 4].map(publishWithoutEnd))
