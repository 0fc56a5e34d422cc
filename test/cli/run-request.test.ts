import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readRunRequest } from '../../src/cli/commands/run-request.ts'
import { InvalidRequestError } from '../../src/errors.ts'
import { JsonSource } from '../../src/exact-json.ts'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'exectrail-run-'))
  await writeFile(join(directory, 'hello.py'), 'print("hello")')
  await writeFile(join(directory, 'hello.rb'), 'puts "hello"')
  await writeFile(join(directory, 'input.json'), '{"xs": [1, 2]}')
})
afterAll(() => rm(directory, { recursive: true, force: true }))

it.each([
  ['a.js', 'javascript'],
  ['a.mjs', 'javascript'],
  ['a.ts', 'typescript'],
  ['a.PY', 'python'],
  ['a.sh', 'bash'],
])('tells the language of %s by its extension', async (name, language) => {
  await writeFile(join(directory, name), 'code')
  expect(await readRunRequest(join(directory, name), { runtime: 'subprocess' })).toMatchObject({
    language,
    code: 'code',
  })
})

it('reads the input from a file and the context from its options', async () => {
  const request = await readRunRequest(join(directory, 'hello.py'), {
    runtime: 'vm2',
    language: 'javascript',
    input: `@${join(directory, 'input.json')}`,
    timeoutMs: '500',
    memoryMb: '64',
    org: 'acme',
    workspace: 'w',
    user: 'u',
    agent: 'a',
    workflowExecution: 'wf',
    node: 'n',
  })
  expect(request).toEqual({
    runtime: 'vm2',
    language: 'javascript',
    code: 'print("hello")',
    input: new JsonSource('{"xs": [1, 2]}'),
    limits: { timeoutMs: 500, memoryMb: 64 },
    context: {
      organizationId: 'acme',
      workspaceId: 'w',
      userId: 'u',
      codeAgentId: 'a',
      workflowExecutionId: 'wf',
      nodeId: 'n',
    },
  })
})

it('says everything that is wrong at once, each by its option', async () => {
  const refused = readRunRequest(join(directory, 'hello.rb'), {
    runtime: 'docker',
    input: '{xs: 1}',
    timeoutMs: '-5',
    memoryMb: 'lots',
    org: '',
  })
  await expect(refused).rejects.toSatisfy(
    (error) =>
      error instanceof InvalidRequestError &&
      ['--runtime', '--language', '--input', '--timeout-ms', '--memory-mb', '--org'].every((option) =>
        error.issues.some(({ path }) => path === option),
      ),
  )
})

it.each([
  ['no code at all', undefined, {}],
  ['a file and code', 'hello.py', { eval: '1' }],
  ['a file that is not there', 'absent.py', {}],
  ['a directory', '.', { language: 'bash' }],
])('refuses %s', async (_, file, extra) => {
  const path = file === undefined ? undefined : join(directory, file)
  await expect(readRunRequest(path, { runtime: 'subprocess', ...extra })).rejects.toThrow(/the code: /)
})

it('needs no more than the language for code on the command line', async () => {
  expect(
    await readRunRequest(undefined, { runtime: 'subprocess', eval: 'true', language: 'bash' }),
  ).toMatchObject({
    code: 'true',
    language: 'bash',
  })
})

it('takes files, variables and hosts, each option again and again', async () => {
  const request = await readRunRequest(join(directory, 'hello.py'), {
    runtime: 'subprocess',
    file: [join(directory, 'input.json'), 'package.json'],
    env: ['A=1', 'B=x=y'],
    allowHost: ['api.example.com', '*.example.org'],
  })
  expect(request.files?.map(({ path, encoding }) => [path, encoding])).toEqual([
    ['input.json', 'utf8'],
    ['package.json', 'utf8'],
  ])
  expect(request.env).toEqual({ A: '1', B: 'x=y' })
  expect(request.network).toEqual({ allow: ['api.example.com', '*.example.org'] })
})

it('names what is wrong with a file, a variable and a host by their options', async () => {
  const reading = readRunRequest(join(directory, 'hello.py'), {
    runtime: 'subprocess',
    file: [join(directory, 'nowhere')],
    env: ['no value', '1=x'],
    allowHost: ['a b'],
  })
  const error: unknown = await reading.catch((reason: unknown) => reason)
  if (!(error instanceof InvalidRequestError)) throw error
  expect(error.issues).toEqual([
    { path: '--file', message: expect.stringContaining('cannot be read') },
    { path: '--env', message: 'NAME=VALUE' },
    { path: '--allow-host', message: 'a host name such as api.example.com' },
  ])
})

it('says how a variable may be called', async () => {
  const reading = readRunRequest(join(directory, 'hello.py'), { runtime: 'subprocess', env: ['1=x'] })
  await expect(reading).rejects.toMatchObject({
    issues: [{ path: '--env', message: 'names are letters, digits and _' }],
  })
})
