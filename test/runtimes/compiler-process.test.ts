import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { CompilerProcess } from '../../src/runtimes/compile/compiler-process.ts'

const MIB = 1_048_576

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

function heapUsed(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed
}

describe('a compiler process', () => {
  it('keeps nothing of the jobs it has done', async () => {
    const compiler = new CompilerProcess()
    await compiler.ready()
    const code = `export const kept = '${'x'.repeat(100_000)}'`
    const ask = () =>
      compiler.ask({ to: 'module', fileName: 'main.ts', loader: 'ts', files: [], hook: 'hook' }, code)
    await ask()
    const before = heapUsed()
    for (let job = 0; job < 300; job += 1) expect(await ask()).toHaveProperty('text')
    expect(heapUsed() - before).toBeLessThan(10 * MIB)
    await compiler.kill()
  })

  it('answers a job with its death, during the job and after', async () => {
    const compiler = new CompilerProcess()
    await compiler.ready()
    const asked = compiler.ask(
      { to: 'module', fileName: 'main.ts', loader: 'ts', files: [], hook: 'hook' },
      'export const n = 1 +',
    )
    await compiler.kill()
    await asked
    const later = await compiler.ask(
      { to: 'module', fileName: 'main.ts', loader: 'ts', files: [], hook: 'hook' },
      'export {}',
    )
    expect(later).toMatchObject({ death: { signal: 'SIGKILL' } })
  })
})
