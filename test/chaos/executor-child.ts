/**
 * A process with a real executor that runs code in sandboxes without end: `node executor-child.ts JSON`. It says
 * `A id` before it calls `execute`, `B id` when the call is under way, `C id` once it has succeeded; the id is the
 * execution's `workflowExecutionId`, for the caller knows no other.
 */
import { writeSync } from 'node:fs'
import { v7 as uuidv7 } from 'uuid'
import { loadConfig } from '../../src/config.ts'
import { createExecutor } from '../../src/executor/executor.ts'
import type { Recording, RecorderPlace } from './recorder.ts'

const { home, url, organizationId, drainMs } = JSON.parse(process.argv[2] ?? '{}') as Recording &
  RecorderPlace
const { PATH = '', HOME = '' } = process.env
const config = loadConfig({
  PATH,
  HOME,
  EXECTRAIL_HOME: home,
  OTEL_EXPORTER_OTLP_ENDPOINT: url ?? '',
  OTEL_METRICS_EXPORTER: 'none',
})
const executor = await createExecutor({ config, concurrency: 4 })
const ending = new AbortController()

process.once('SIGTERM', () => {
  ending.abort()
  void (async () => {
    const { left } = await executor.close(drainMs)
    writeSync(1, `L ${left}\n`)
    process.exit(0)
  })()
})

const CODES = [
  { language: 'bash', code: 'sleep 0.2 & sleep 0.1; wait; echo done' },
  { language: 'python', code: 'import time\ntime.sleep(0.2)\nprint("done")' },
  { language: 'javascript', code: 'await new Promise((go) => setTimeout(go, 150)); console.log("done")' },
] as const

async function runWithoutEnd(lane: number): Promise<void> {
  for (let n = lane; !ending.signal.aborted; n += 1) {
    const { language, code } = CODES[n % CODES.length] ?? CODES[0]
    const id = uuidv7()
    writeSync(1, `A ${id}\n`)
    const context = { organizationId, workflowExecutionId: id }
    const running = executor.execute({ runtime: 'subprocess', language, code, context })
    writeSync(1, `B ${id}\n`)
    const { outcome } = await running
    if (outcome === 'success') writeSync(1, `C ${id}\n`)
  }
}

await Promise.all([0, 1, 2].map(runWithoutEnd))
