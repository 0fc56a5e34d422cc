/** WasmEdge where something is missing: not compiled yet, no namespaces, a module not installed. */
import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { engineCache } from '../../src/provision/wasmedge/wasmedge.ts'
import { wasmedge } from '../../src/runtimes/wasmedge.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { makeRequest, record } from '../support/run-recorder.ts'
import { findWasmedge, NONE_AHEAD, wasmedgeOptions } from '../support/wasmedge.ts'

const absent = await findWasmedge()

/** A cache with the engine and nothing else. */
async function freshCache(directory: string): Promise<string> {
  await mkdir(join(directory, 'wasmedge'))
  await symlink(engineCache(wasmedgeOptions().cacheDir), join(directory, 'wasmedge/engine'))
  return directory
}

describe.skipIf(absent !== null)(`WasmEdge's forms ${absent ?? ''}`, () => {
  it('interprets what is not compiled yet, and the record says so', async () => {
    await using directory = await temporaryDirectory()
    const runtime = wasmedge(wasmedgeOptions({ ...NONE_AHEAD, cacheDir: await freshCache(directory.path) }))
    const [script, python] = await Promise.all([
      record(runtime, makeRequest('javascript', 'export const main = () => 1')),
      record(runtime, makeRequest('python', 'def main(input):\n    return 2')),
    ])
    expect([script.exit.result, python.exit.result]).toEqual(['1', '2'])
    expect(script.exit.sandboxId).toMatch(/^wasmedge-[\d.]+\/quickjs\/interpreted$/)
    expect(python.exit.sandboxId).toMatch(/\/python\/interpreted$/)
    const { ready, notes } = await runtime.check()
    expect(ready).toBe(true)
    expect(notes.filter((note) => note.includes('interpreted until it is compiled'))).toHaveLength(2)
    await runtime.close()
  })
  it('begins to compile in the background, and ends that when it is closed', async () => {
    await using directory = await temporaryDirectory()
    const lines: string[] = []
    const announced = Promise.withResolvers<void>()
    const runtime = wasmedge(
      wasmedgeOptions({
        cacheDir: await freshCache(directory.path),
        compile: 'background',
        compileAfterMs: 1,
        report: (line) => {
          lines.push(line)
          if (line.includes('compiling quickjs')) announced.resolve()
        },
      }),
    )
    await record(runtime, makeRequest('javascript', 'export const main = () => 1'))
    await announced.promise
    await runtime.close()
    expect(lines.filter((line) => line.includes('stays interpreted'))).toEqual([])
  })
  it('compiles nothing by itself under CI', async () => {
    await using directory = await temporaryDirectory()
    const lines: string[] = []
    const { compile: _, ...options } = wasmedgeOptions({
      cacheDir: await freshCache(directory.path),
      ci: true,
      compileAfterMs: 1,
      report: (line) => lines.push(line),
    })
    const runtime = wasmedge(options)
    await record(runtime, makeRequest('javascript', 'export const main = () => 1'))
    await record(runtime, makeRequest('javascript', 'export const main = () => 2'))
    await runtime.close()
    expect(lines.filter((line) => line.includes('compiling'))).toEqual([])
  })
  it('runs without namespaces around it, and says what that costs', async () => {
    const runtime = wasmedge(wasmedgeOptions({ namespaces: 'off' }))
    const { exit } = await record(
      runtime,
      makeRequest(
        'javascript',
        'import fs from "fs"\nexport const main = () => [fs.existsSync("/etc"), fs.readdirSync("/")]',
        {
          files: [{ path: 'given.txt', content: 'x' }],
        },
      ),
    )
    expect(exit).toMatchObject({
      isolation: 'wasm',
      fault: null,
      result: '[false,["given.txt","program.js"]]',
    })
    const readiness = await runtime.check()
    expect(readiness).toMatchObject({ ready: true, isolation: 'wasm' })
    expect(readiness.enforces).not.toContain('disk')
    expect(readiness.notes.join()).toContain('no namespaces')
    await runtime.close()
  })
})
