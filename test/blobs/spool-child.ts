/** An executor that a test kills: `node spool-child.ts HOME DATABASE_URL|none COUNT|flood`. Prints a line for each record. */
import { sourceOf } from '../../src/budgets/source.ts'
import { loadConfig } from '../../src/config.ts'
import { createExecutor } from '../../src/executor/executor.ts'
import { openDatabase } from '../../src/metadata/database.ts'
import { exitWith, toyRuntime } from '../support/toy-executor.ts'

const [home = '', url = '', what = ''] = process.argv.slice(2)
const database = url === 'none' ? null : openDatabase(url)
const runtime = toyRuntime(async ({ code }, io) => {
  io.onRunning()
  const text = `${code}\n`.repeat(4000)
  const bytes = Buffer.from(text)
  await io.onOutput({ stream: 'stdout', bytes })
  const isEndless = (): boolean => what === 'flood'
  while (isEndless()) await io.onOutput({ stream: 'stdout', bytes })
  return exitWith()
})
const executor = await createExecutor({
  config: loadConfig({ EXECTRAIL_HOME: home }),
  runtimes: [runtime],
  ...(database === null ? {} : { budgets: sourceOf(database) }),
})
const count = what === 'flood' ? 1 : Number(what)
for (let index = 0; index < count; index += 1) {
  const { executionId, stdoutBlob } = await executor.execute({
    runtime: 'subprocess',
    language: 'javascript',
    code: `execution ${index} of the child`,
    context: { organizationId: 'killed' },
  })
  process.stdout.write(`${JSON.stringify({ executionId, stdoutBlob })}\n`)
}
setInterval(() => undefined, 1000)
