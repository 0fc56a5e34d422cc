import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createClient } from '../../src/client/index.ts'
import type { RunView } from '../../src/service/run-code.ts'
import { publish } from '../../src/service/registry/publish.ts'
import { startApiStack, type ApiStack } from '../support/api-stack.ts'
import { startMetadata, type TestMetadata } from '../support/metadata.ts'
import { insertRecords } from '../support/records.ts'
import { ACME, makeDefinition, withoutChecks } from '../support/registry.ts'
import { ACME_KEY, GLOBEX_KEY, readProblem, withKey, WORKSPACE_KEY } from '../support/service.ts'

let metadata: TestMetadata
let stack: ApiStack

beforeAll(async () => {
  metadata = await startMetadata()
  stack = await startApiStack({ metadata })
  const summer = {
    language: 'javascript' as const,
    code: 'exports.main = ({ xs }) => xs.reduce((a, b) => a + b, 0)',
    runtimes: ['subprocess' as const],
  }
  await publish(withoutChecks(metadata.database), ACME, { definition: makeDefinition(summer) })
  const inW1 = makeDefinition({ ...summer, name: 'acme/of-w1' })
  await publish(withoutChecks(metadata.database), ACME, {
    definition: inW1,
    visibility: 'workspace',
    workspaceId: 'other',
  })
})
afterAll(async () => {
  await stack.stop()
  await metadata[Symbol.asyncDispose]()
})

const input = { xs: [1, 2, 3] }

function ask(body: object, key = ACME_KEY): Promise<Response> {
  return stack.service.post('/v1/executions', body, withKey(key).headers)
}

describe('POST /v1/executions with an agent', () => {
  it('runs it for the organization of the key', async () => {
    const answer = await ask({ agent: 'acme/summer@^1', input })
    expect([answer.status, await answer.json()]).toEqual([
      200,
      expect.objectContaining({
        result: 6,
        organizationId: 'acme',
        codeAgentId: 'acme/summer',
        codeAgentVersion: '1.0.0',
        warnings: [],
      }),
    ])
  })

  it('runs it through the typed client', async () => {
    const client = createClient({ url: stack.service.url, key: ACME_KEY })
    expect(await client.runCode({ agent: 'acme/summer', input })).toMatchObject({ result: 6 })
  })

  it('answers the same of an agent of others as of one that there is not', async () => {
    const answers = await Promise.all(
      ['summer', 'absent'].map((name) => ask({ agent: `acme/${name}`, input }, GLOBEX_KEY)),
    )
    const [hidden, absent] = await Promise.all(answers.map(readProblem))
    expect(hidden).toMatchObject({ status: 404, code: 'not_found' })
    expect(hidden?.detail?.replace('summer', 'absent')).toBe(absent?.detail)
    const ofOtherWorkspace = await ask({ agent: 'acme/of-w1', input }, WORKSPACE_KEY)
    expect(ofOtherWorkspace.status).toBe(404)
  })

  it('cannot be run for another organization, nor claim to be another agent', async () => {
    const foreign = await ask(
      { agent: 'acme/summer', input, context: { organizationId: 'acme' } },
      GLOBEX_KEY,
    )
    expect(foreign.status).toBe(403)
    const claimed = await ask({ agent: 'acme/summer', input, context: { codeAgentId: 'acme/other' } })
    expect(await readProblem(claimed)).toMatchObject({
      status: 422,
      errors: [{ path: 'context.codeAgentId' }],
    })
  })

  it('is replayed like any other execution', async () => {
    const first = (await (await ask({ agent: 'acme/summer', input })).json()) as RunView
    const { files: _files, warnings: _warnings, result, ...record } = first
    await insertRecords(stack.clickhouse, [
      { ...record, result: JSON.stringify(result), input: JSON.stringify(input) } as never,
    ])
    const again = await stack.service.post(
      `/v1/executions/${first.executionId}/replay`,
      {},
      withKey(ACME_KEY).headers,
    )
    expect(await again.json()).toMatchObject({
      result: 6,
      replayOf: first.executionId,
      codeAgentId: 'acme/summer',
      codeAgentVersion: '1.0.0',
    })
  })
})
