/**
 * A process with a real executor that runs code in sandboxes without end: `node executor-child.ts JSON`. It says
 * `A id` before it submits code, `B id` once that has begun, `C id` once it has succeeded; the id is the
 * execution's `workflowExecutionId`, for the caller knows no other. `K` is the whole output that its record names.
 */
import { writeSync } from 'node:fs'
import { v7 as uuidv7 } from 'uuid'
import { loadConfig } from '../../src/config.ts'
import type { ExecutionRequest } from '../../src/execution.ts'
import { createExecutor } from '../../src/executor/executor.ts'
import type { LiveExecution } from '../../src/executor/executions.ts'
import type { Recording, RecorderPlace } from './recorder.ts'

const { home, url, organizationId, drainMs, blobs } = JSON.parse(process.argv[2] ?? '{}') as Recording &
  RecorderPlace
const { PATH = '', HOME = '' } = process.env
const config = loadConfig({
  PATH,
  HOME,
  EXECTRAIL_HOME: home,
  OTEL_EXPORTER_OTLP_ENDPOINT: url ?? '',
  OTEL_METRICS_EXPORTER: 'none',
  ...blobs,
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

/** About 200 KB, of which several executions have the same. */
const CONTENTS = 24
const printing = (content: number) =>
  ({ language: 'bash', code: `for n in {1..6000}; do echo "line $n of content ${content}"; done` }) as const

/** A call waits for the budgets before it begins anything; one that waits while the executor closes is refused. */
async function beginUnlessEnding(request: ExecutionRequest): Promise<LiveExecution | null> {
  try {
    return await executor.submit(request)
  } catch (error) {
    if (ending.signal.aborted) return null
    throw error
  }
}

async function runWithoutEnd(lane: number): Promise<void> {
  for (let n = lane; !ending.signal.aborted; n += 1) {
    const usual = CODES[n % CODES.length] ?? CODES[0]
    const { language, code } = blobs === null ? usual : printing((n * 7) % CONTENTS)
    const id = uuidv7()
    writeSync(1, `A ${id}\n`)
    const context = { organizationId, workflowExecutionId: id }
    const begun = await beginUnlessEnding({ runtime: 'subprocess', language, code, context })
    if (begun === null) return
    writeSync(1, `B ${id}\n`)
    const { outcome, executionId, startedAt, stdoutBlob } = await begun.result
    if (stdoutBlob !== null)
      writeSync(1, `K ${JSON.stringify({ executionId, startedAt, sha256: stdoutBlob })}\n`)
    if (outcome === 'success') writeSync(1, `C ${id}\n`)
  }
}

await Promise.all([0, 1, 2].map(runWithoutEnd))
