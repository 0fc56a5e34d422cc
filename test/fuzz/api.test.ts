/** The API of a running `exectrail up`, tried with requests that Schemathesis makes from its OpenAPI document. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { prepareClient, skipReason } from '../support/client-program.ts'
import { runProgram, startUp, type CommandResult, type RunningUp } from '../support/command-line.ts'
import { temporaryDirectory, type TemporaryDirectory } from '../support/directory.ts'
import { IS_LONG_FORM } from '../support/long-form.ts'
import { waitFor } from '../support/wait.ts'

const SOURCES = join(import.meta.dirname, 'schemathesis')
/** Seconds: whatever the machine, it would take more to send all that the schemas allow. */
const BUDGET_S = IS_LONG_FORM ? 300 : 30
/** For what is on its way when the budget ends, on a busy machine, and for a second round. */
const GRACE_MS = 600_000
/** `FUZZ_SEED` repeats what a failure printed. */
const SEED = process.env['FUZZ_SEED'] ?? '1'
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'negative_data_rejection',
  'ignored_auth',
  'no_leak',
]
const CANARY = 'canary-of-the-other-organization'

const prepared = await prepareClient({
  name: 'schemathesis',
  sources: import.meta.dirname,
  what: 'schemathesis 4.32.5',
  pins: ['requirements.txt'],
  needs: [
    ['python3', '-m', 'pip', '--version'],
    ['python3', '-c', 'import sys; sys.exit(sys.version_info < (3, 11))'],
  ],
  install: (target) => [
    [
      'python3',
      '-m',
      'pip',
      'install',
      '--quiet',
      '--require-hashes',
      '--target',
      target,
      '-r',
      'requirements.txt',
    ],
  ],
})

interface Report {
  operations: { total: number; selected: number; tested: number; errored: number }
  /** By operation and phase. */
  valid_rates: Record<string, Record<string, { accepted: number }>>
}

interface Execution {
  executionId: string
  traceId: string
  errorFingerprint: string
}

describe.skipIf('hindrance' in prepared)(`the API${skipReason(prepared)}`, () => {
  const packages = 'directory' in prepared ? prepared.directory : ''
  let directory: TemporaryDirectory
  let up: RunningUp
  let known: unknown
  beforeAll(async () => {
    directory = await temporaryDirectory()
    up = await startUp(directory.path)
    known = await prepareRows(up)
  })
  afterAll(async () => {
    await up.stop()
    await directory[Symbol.asyncDispose]()
  })

  it(
    'answers every request as its OpenAPI document says, and with nothing of another organization',
    async () => {
      process.stdout.write(`fuzz: FUZZ_SEED=${SEED}\n`)
      const report = join(directory.path, 'report.json')
      const { exitCode, stdout, stderr } = await unlessBroken(() => schemathesis(report))
      expect(exitCode, `${stdout}\n${stderr}\n${up.talk()}`).toBe(0)
      const { operations, valid_rates: rates }: Report = JSON.parse(readFileSync(report, 'utf8'))
      process.stdout.write(`fuzz: ${operations.tested} of ${operations.total} operations in time\n`)
      expect(operations).toMatchObject({ errored: 0, selected: operations.total })
      const answered = Object.values(rates).filter((byPhase) =>
        Object.values(byPhase).some(({ accepted }) => accepted > 0),
      )
      // More than those that take no key. A slow machine does not reach every operation in time.
      expect(answered.length).toBeGreaterThan(operations.tested / 6)
    },
    2 * BUDGET_S * 1000 + GRACE_MS,
  )

  function schemathesis(report: string): Promise<CommandResult> {
    const program = 'from schemathesis.cli import schemathesis; schemathesis()'
    const options = ['--phases', 'coverage,fuzzing', '--checks', CHECKS.join(','), '--no-color']
    const bounds = ['--max-time', String(BUDGET_S), '--seed', SEED]
    const target = [`${up.endpoints.service}/openapi.json`, '--header', `Authorization: Bearer ${up.apiKey}`]
    const reports = ['--report', 'json', '--report-json-path', report]
    const settings = ['--config-file', join(SOURCES, 'schemathesis.toml')]
    const args = ['-c', program, ...settings, 'run', ...target, ...options, ...bounds, ...reports]
    return runProgram('python3', args, {
      cwd: directory.path,
      env: {
        PATH: process.env['PATH'] ?? '',
        PYTHONPATH: packages,
        PYTHONDONTWRITEBYTECODE: '1',
        SCHEMATHESIS_HOOKS: join(SOURCES, 'hooks.py'),
        FUZZ_KNOWN: JSON.stringify(known),
        FUZZ_SEED: SEED,
      },
    })
  }
})

/**
 * Sends a second round where the first broke by an exception of Schemathesis. It says nothing of
 * the API, unlike a failed check or a connection that was refused.
 */
async function unlessBroken(round: () => Promise<CommandResult>): Promise<CommandResult> {
  const ended = await round()
  const isBroken = / ERRORS =/.test(ended.stdout) && !/ FAILURES =|^\s*Network Error$/m.test(ended.stdout)
  if (!isBroken) return ended
  process.stdout.write('fuzz: Schemathesis broke, and begins again\n')
  return round()
}

/** Rows of two organizations and a key bound to one of them: what the requests may name, for hooks.py. */
async function prepareRows({ endpoints, apiKey }: RunningUp): Promise<unknown> {
  const ask = async <T>(path: string, body?: unknown): Promise<T> => {
    const answer = await fetch(`${endpoints.service}${path}`, {
      headers: { Authorization: `Bearer ${apiKey}`, 'Content-Type': 'application/json' },
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    })
    expect(answer.status, path).toBe(200)
    return answer.json() as Promise<T>
  }
  const run = (organizationId: string, code: string): Promise<Execution> =>
    ask('/v1/executions', {
      runtime: 'subprocess',
      language: 'bash',
      code,
      context: { organizationId, codeAgentId: 'agent', workflowExecutionId: 'workflow', nodeId: 'node' },
    })
  const failed = await run('fuzzed', 'echo "no such thing" >&2; exit 3')
  const succeeded = await run('fuzzed', 'echo fine')
  await run('other', `echo ${CANARY}`)
  await run('other', `echo ${CANARY} >&2; exit 4`)
  const bound = await ask<{ id: string; secret: string }>('/v1/keys', {
    name: 'fuzzed',
    scopes: ['admin'],
    organizationId: 'fuzzed',
  })
  await waitFor(async () => (await ask<{ data: unknown[] }>('/v1/executions')).data.length === 4, {
    what: 'the rows',
  })
  const keys = await ask<{ data: { id: string }[] }>('/v1/keys')
  const [id, agent, workflow] = [{ id: succeeded.executionId }, { id: 'agent' }, { id: 'workflow' }]
  return {
    administrator: apiKey,
    bound,
    canary: CANARY,
    // Of a service before this one: all that has arrived follows.
    lastEventId: `0000000000-1-${Date.now() - 3_600_000}`,
    keys: keys.data.map((key) => key.id),
    paths: {
      '/v1/executions/{id}': id,
      '/v1/executions/{id}/output': id,
      '/v1/executions/{id}/cancel': id,
      '/v1/executions/{id}/replay': id,
      '/v1/agents/{id}/logs': agent,
      '/v1/agents/{id}/stats': agent,
      '/v1/agents/{id}/versions/compare': agent,
      '/v1/workflow-executions/{id}': workflow,
      '/v1/workflow-executions/{id}/logs': workflow,
      '/v1/traces/{id}': { id: succeeded.traceId },
      '/v1/errors/{fingerprint}': { fingerprint: failed.errorFingerprint },
    },
  }
}
