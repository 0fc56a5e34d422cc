import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startAskedService, type AskedService } from '../support/asked-service.ts'
import { makeRecord } from '../support/records.ts'
import { waitFor } from '../support/wait.ts'

let asked: AskedService

beforeAll(async () => {
  asked = await startAskedService([])
})
afterAll(() => asked.stop())

describe('tail', () => {
  it('prints executions as they end, filtered as logs are, and stops at its limit', async () => {
    const json = asked.ask('tail', 'tailed', '--where', 'durationMs>=100', '--limit', '2', '--json')
    const lines = asked.ask('tail', 'tailed', '--limit', '1')
    const both = Promise.all([json, lines])
    const insert = async (): Promise<false> => {
      await asked.insert([
        makeRecord({ codeAgentId: 'tailed', durationMs: 5, errorMessage: 'red \u001b[31m' }),
        makeRecord({ codeAgentId: 'tailed', durationMs: 200 }),
      ])
      return false
    }
    const ends = both.then(() => true)
    await waitFor(async () => (await insert()) || Promise.race([ends, pause(100, false)]), {
      what: 'the events',
    })
    const [{ stdout: found }, { stdout: line, stderr }] = await both
    const events = found
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text) as Record<string, unknown>)
    expect(events).toMatchObject([
      { event: 'execution', durationMs: 200, codeAgentId: 'tailed' },
      { event: 'execution', durationMs: 200, codeAgentId: 'tailed' },
    ])
    expect(line).toMatch(/ success +python in subprocess .* tailed /)
    expect(line).not.toContain('\u001b[31m')
    expect(stderr).toContain('Ctrl-C stops')
  })

  it('says what is wrong with a condition', async () => {
    const ended = await asked.run(['tail', '--where', 'nonsense'])
    expect(ended.exitCode).toBe(2)
    expect(ended.stderr).toContain('where')
  })
})

describe('running', () => {
  it('says that nothing runs, and what to do', async () => {
    const { stdout, stderr } = await asked.ask('running', '--agent', 'idle')
    expect(stdout).toBe('')
    expect(stderr).toMatch(/Nothing waits or runs.*exectrail run/s)
  })

  it('lists what runs, as a table and as JSON', async () => {
    const answer = await asked.post(
      '/v1/executions',
      { runtime: 'subprocess', language: 'bash', code: 'sleep 60', context: { codeAgentId: 'busy' } },
      { Prefer: 'respond-async' },
    )
    const { executionId } = (await answer.json()) as { executionId: string }
    const list = await asked.askJson('running', '--agent', 'busy')
    expect(list.data).toMatchObject([{ executionId, codeAgentId: 'busy', language: 'bash' }])
    const { stdout } = await asked.ask('running', '--agent', 'busy')
    expect(stdout).toMatch(new RegExp(`(?:starting|running) .*bash +subprocess +busy +${executionId}`))
    expect((await asked.post(`/v1/executions/${executionId}/cancel`, {})).status).toBe(202)
  })
})
