import { createServer } from 'node:http'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Named, pythonOperations, pythonTypes, type OpenApi } from '../../tools/python-client.ts'
import type { ApiStack } from '../support/api-stack.ts'
import { END, HOURS, iso, records, startAskedStack } from '../support/asked-records.ts'
import { runProgram, type CommandResult } from '../support/command-line.ts'
import { ADMIN_KEY } from '../support/service.ts'

const PACKAGE = join(import.meta.dirname, '../../clients/python')

let stack: ApiStack
beforeAll(async () => {
  stack = await startAskedStack()
})
afterAll(() => stack.stop())

/** Runs a program with the package beside it, in a Python without anything installed. */
function python(code: string, url = stack.service.url): Promise<CommandResult> {
  const env = {
    PATH: process.env['PATH'] ?? '',
    PYTHONPATH: PACKAGE,
    PYTHONDONTWRITEBYTECODE: '1',
    EXECTRAIL_URL: url,
    EXECTRAIL_API_KEY: ADMIN_KEY,
  }
  return runProgram('python3', ['-W', 'error', '-S', '-c', code], { env, cwd: PACKAGE })
}

async function printed(code: string, url?: string): Promise<string> {
  const { exitCode, stdout, stderr } = await python(code, url)
  expect(exitCode, stderr).toBe(0)
  return stdout
}

describe('the Python client', () => {
  it('has the types and operations of the OpenAPI document', async () => {
    const document = await stack.service.json<OpenApi>('/openapi.json')
    const named = new Named()
    const operations = pythonOperations(document, named)
    await expect(operations).toMatchFileSnapshot(join(PACKAGE, 'exectrail/operations.py'))
    await expect(pythonTypes(document, named)).toMatchFileSnapshot(join(PACKAGE, 'exectrail/types.py'))
    const methods = Object.values(document.paths).flatMap((path) =>
      Object.values(path).map(({ operationId }) => operationId),
    )
    const snake = methods.map((name) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`))
    const check = `from exectrail import Client\nprint([name for name in ${JSON.stringify(snake)} if not hasattr(Client, name)])`
    expect(await printed(check)).toBe('[]\n')
  })

  it('has types that all lead somewhere', async () => {
    const check = `
import typing, exectrail.types as types, exectrail.operations as operations
for name, value in vars(types).items():
    if isinstance(value, type) and name[0].isupper() and hasattr(value, "__total__"):
        typing.get_type_hints(value, vars(types))
for name, value in vars(operations.Operations).items():
    if callable(value):
        typing.get_type_hints(value)
print("good")`
    expect(await printed(check)).toBe('good\n')
  })

  it("runs its README's program", async () => {
    const readme = readFileSync(join(PACKAGE, 'README.md'), 'utf8')
    const program = /```python\n(?<body>[\s\S]*?)```/u.exec(readme)?.groups?.['body'] ?? ''
    const lines = (await printed(program)).trimEnd().split('\n')
    expect(lines.slice(0, 4)).toEqual(['success 6', 'one', 'two', 'success'])
    expect(lines.slice(-2)).toEqual(['True', 'invalid_request 422 where'])
  })

  it('answers as the service does, over every page', async () => {
    const check = `
from datetime import datetime
from exectrail import Client, paginate
client = Client()
window = {"organization": "asking", "from_": datetime.fromisoformat("${iso(END - HOURS * 3_600_000)}"), "to": "${iso(END)}"}
found = list(paginate(client.list_executions, **window, code_agent_id=["a", "b"], limit=40, fields=["executionId"]))
print(len(found), len({one["executionId"] for one in found}), client.get_stats(**window)["total"]["count"])
print(client.run_sql(query="SELECT toInt64(9007199254740993) AS n")["data"])`
    const wanted = records.filter(({ codeAgentId }) => codeAgentId === 'a' || codeAgentId === 'b').length
    expect(await printed(check)).toBe(`${wanted} ${wanted} ${records.length}\n[{'n': 9007199254740993}]\n`)
  })

  it('does the same with asyncio', async () => {
    const check = `
import asyncio
from exectrail import AsyncClient
async def main():
    client = AsyncClient()
    started = await client.start_code(runtime="subprocess", language="bash", code="echo hi")
    events = [event.event async for event in client.stream_output(started["executionId"])]
    both = await asyncio.gather(client.health(), client.health())
    print(events[-1], len(both), len([one async for one in client.paginate("list_executions", organization="asking", limit=150)]))
asyncio.run(main())`
    expect(await printed(check)).toBe('end 2 400\n')
  })

  it('cancels what runs, and says what is wrong', async () => {
    const check = `
from exectrail import Client, ProblemError
client = Client()
started = client.start_code(runtime="subprocess", language="bash", code="sleep 60")
client.cancel_execution(started["executionId"])
print(client.wait_for_execution(started["executionId"])["outcome"])
for call in (lambda: client.get_execution("nothing"), lambda: Client(key="wrong").get_stats(), lambda: Client("http://127.0.0.1:9", retries=0).health()):
    try:
        call()
    except ProblemError as problem:
        print(problem.status, problem.code, problem.hint is not None)
try:
    client.get_agent_stats("..")
except ValueError as error:
    print(error)`
    expect(await printed(check)).toBe(
      "cancelled\n404 not_found True\n401 unauthorized True\n0 unreachable True\nid: '..' cannot stand in the path of a URL; filter by it instead\n",
    )
  })

  it('tries again with the same idempotency key, no sooner than Retry-After says', async () => {
    const seen: { key: string; at: number }[] = []
    const server = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk: Buffer) => (body += chunk.toString()))
      request.on('end', () => {
        seen.push({
          key: (JSON.parse(body) as { idempotencyKey: string }).idempotencyKey,
          at: performance.now(),
        })
        if (seen.length === 1) response.destroy()
        else if (seen.length === 2) response.writeHead(429, { 'Retry-After': '1' }).end('{"code":"capacity"}')
        else response.end('{"outcome":"success"}')
      })
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
    const check = `from exectrail import Client\nprint(Client().run_code(runtime="subprocess", language="bash", code=":"))`
    expect(await printed(check, url)).toBe("{'outcome': 'success'}\n")
    server.close()
    expect(new Set(seen.map(({ key }) => key)).size).toBe(1)
    expect((seen[2]?.at ?? 0) - (seen[1]?.at ?? 0)).toBeGreaterThanOrEqual(990)
  })
})
