/** Processor time of what a benchmark starts, which hosts with control groups of version 1 count. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { countProcessorTime } from '../../bench/support/processor-time.ts'

it('ends while a process that it counted runs on', async () => {
  const counted = countProcessorTime()
  const child = spawn('sleep', ['60'])
  try {
    await once(child, 'spawn')
    await counted?.[Symbol.asyncDispose]()
    expect(child.exitCode).toBeNull()
  } finally {
    child.kill()
  }
})
