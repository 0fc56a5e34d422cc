/** The cases of the contract that hold for each language of a runtime. */
import { expect, it, type TestContext } from 'vitest'
import type { Language } from '../../src/execution.ts'
import type { Limitation, Runtime } from '../../src/runtimes/runtime.ts'
import { makeRequest, record, USUAL_LIMITS } from '../support/run-recorder.ts'
import { toyExecutor } from '../support/toy-executor.ts'
import { FLOOD, THROW_LINE, UNICODE, type ProgramName } from './programs.ts'

/** How a runtime is held to the contract. */
export interface ContractOptions {
  /** Why nothing of it can run here; every case is then skipped under this reason. */
  absent?: string | null
  /** Why one language cannot be held to it here; its cases are skipped under this reason. */
  absentLanguages?: Partial<Record<Language, string>>
  /** Languages that run as another one here does: beyond their answers they are held to the contract in the long form alone. */
  sampled?: readonly Language[]
  /** What this host, unlike others, takes away beside what the runtime declares. */
  lacks?: readonly Limitation[]
  /** `weaker`: `check` names something missing although runs are served. @default whole */
  readiness?: 'whole' | 'weaker'
  /** Names besides the caller's that may be in the environment. */
  environmentNames?: readonly string[]
  /** Bytes of the big input. @default 4 MiB */
  bigInputBytes?: number
  /** Memory limit of the hog. @default 128 MiB */
  hogMemoryBytes?: number
  /** A runtime whose backend is not there. */
  makeAbsent?: () => Runtime | Promise<Runtime>
  /** Kills the backend while a run is in the middle. */
  killBackend?: (runtime: Runtime) => Promise<void>
}

const USUAL_NAMES = ['PATH', 'HOME', 'LANG', 'SHLVL', '_', 'PWD', 'LC_CTYPE']

/** One language of the runtime under test. */
export interface Subject {
  runtime: () => Runtime
  language: Language
  /** Skips the test where the runtime declares to be without it. */
  needs: (lack: Limitation, context: TestContext) => void
  options: ContractOptions
  code: (program: ProgramName) => string
}

/** What a program says at its end. */
export function describeAnswers({ runtime, language, needs, code }: Subject): void {
  it('gives back what main returns', async () => {
    const { exit, begun } = await record(
      runtime(),
      makeRequest(language, code('value'), { input: '{"xs":[1,2,39]}' }),
    )
    expect(exit).toMatchObject({ fault: null, uncaught: null, exitCode: 0, limit: null, syntaxError: false })
    expect(JSON.parse(exit.result ?? '')).toEqual({ sum: 42, text: 'é𝄞', none: null })
    expect(begun).toBe(1)
  })
  it('waits for a main that takes its time', async () => {
    const { exit } = await record(
      runtime(),
      makeRequest(language, code('asynchronous'), { input: '{"xs":[1,2,3]}' }),
    )
    expect(exit.fault).toBeNull()
    expect(exit.result).toBe('3')
  })
  it.skipIf(language === 'python' || language === 'bash')(
    'takes a default export that can be called for main',
    async () => {
      for (const form of ['export default', 'module.exports =']) {
        const { exit } = await record(
          runtime(),
          makeRequest(language, `${form} async (input) => input.n + 1`, { input: '{"n":41}' }),
        )
        expect(exit, form).toMatchObject({ fault: null, result: '42' })
      }
    },
  )
  it('runs a plain script, which has no result', async () => {
    const { exit, stdout, stderr } = await record(runtime(), makeRequest(language, code('script')))
    expect(exit).toMatchObject({ fault: null, exitCode: 0, result: null, uncaught: null })
    expect(stdout).toBe('out\n')
    expect(stderr).toBe('err\n')
  })
  it('tells of an error in the words and lines of the program', async () => {
    const { exit, stderr } = await record(runtime(), makeRequest(language, code('throws')))
    expect(exit.fault).toBeNull()
    expect(exit.exitCode).not.toBe(0)
    if (language === 'bash') {
      expect(stderr).toContain(`main.sh: line ${THROW_LINE}: nonesuch_command`)
      return
    }
    expect(exit.uncaught).toMatchObject({ name: 'TypeError', message: 'broken 1' })
    expect(exit.uncaught?.stack).toMatch(new RegExp(`main\\.\\w+(?::|", line )${THROW_LINE}\\b`))
  })
  it('flags code the language refuses, and runs none of it', async () => {
    const { exit, stdout } = await record(runtime(), makeRequest(language, code('syntax')))
    expect(exit.fault).toBeNull()
    expect(exit.syntaxError).toBe(true)
    expect(exit.exitCode).not.toBe(0)
    expect(stdout).toBe('')
  })
  it('keeps the exit code of the program', async (context) => {
    needs('exit code', context)
    const { exit, stdout } = await record(runtime(), makeRequest(language, code('exits')))
    expect(exit).toMatchObject({
      exitCode: 7,
      signal: null,
      limit: null,
      uncaught: null,
      result: null,
      fault: null,
    })
    expect(stdout).toBe('before\n')
  })
}

/** What goes through the pipes and streams. */
export function describeStreams({ runtime, language, needs, options, code }: Subject): void {
  it('carries big inputs and results', async () => {
    const input = JSON.stringify({
      text: 'é"\\'.repeat((options.bigInputBytes ?? 4_194_304) / 6),
      list: [1, null],
    })
    const { exit } = await record(runtime(), makeRequest(language, code('echo'), { input }))
    expect(exit).toMatchObject({ fault: null, uncaught: null, limit: null, exitCode: 0 })
    expect(JSON.parse(exit.result ?? '') as unknown).toEqual(JSON.parse(input))
  })
  it('keeps characters unbroken across chunks', async () => {
    const { stdout, exit } = await record(runtime(), makeRequest(language, code('unicode')))
    expect(exit.fault).toBeNull()
    expect(stdout === `${UNICODE.unit.repeat(UNICODE.times)}\n`).toBe(true)
  })
  it('delivers a flood to the last byte, also to a slow reader', async () => {
    let chunks = 0
    const { stdoutBytes, exit } = await record(runtime(), makeRequest(language, code('flood')), {
      onOutput: () => (chunks++ % 8 === 0 ? new Promise((resolve) => setImmediate(resolve)) : undefined),
    })
    expect(exit).toMatchObject({ exitCode: 0, limit: null, fault: null })
    expect(stdoutBytes).toBe(FLOOD.lines * FLOOD.lineBytes)
  })
  it('has an empty stdin', async (context) => {
    needs('stdin', context)
    const { exit } = await record(runtime(), makeRequest(language, code('stdin')))
    expect(exit.fault).toBeNull()
    expect(Number(exit.result)).toBe(0)
  })
}

/** What a program finds around it. */
export function describeSurroundings({ runtime, language, needs, options, code }: Subject): void {
  it('shows the code the environment of the caller and no other', async () => {
    process.env['CONTRACT_CANARY'] = 'leaked'
    const env = { GREETING: 'hello $HOME', OTHER: 'b' }
    const { exit } = await record(runtime(), makeRequest(language, code('environment'), { env }))
    const seen = JSON.parse(exit.result ?? 'null') as Record<string, string>
    expect(seen).toMatchObject(env)
    const allowed = new Set([...USUAL_NAMES, ...Object.keys(env), ...(options.environmentNames ?? [])])
    expect(Object.keys(seen).filter((key) => !allowed.has(key))).toEqual([])
  })
  it('takes files in and gives those of /out back', async (context) => {
    needs('files', context)
    const files = [{ path: 'given/in.txt', content: 'kept' }]
    const { exit } = await record(runtime(), makeRequest(language, code('files'), { files }))
    expect(exit).toMatchObject({ result: '"kept"', fault: null })
    expect(exit.files.toSorted((a, b) => a.path.localeCompare(b.path))).toEqual([
      { path: 'back.txt', content: 'kept!', encoding: 'utf8' },
      { path: 'raw.bin', content: 'AP8B', encoding: 'base64' },
    ])
  })
  it('gives folders of /out back', async (context) => {
    needs('folders in /out', context)
    const { exit } = await record(runtime(), makeRequest(language, code('folders')))
    expect(exit.files).toEqual([{ path: 'deep/er/back.txt', content: 'kept', encoding: 'utf8' }])
  })
}

/** An aborted run has to resolve within half of its time limit. */
const ENDS_MS = USUAL_LIMITS.timeoutMs / 2

/** How a program is ended from outside. */
export function describeEndings({ runtime, language, options, code }: Subject): void {
  it('ends an endless program when it is asked to', async () => {
    const controller = new AbortController()
    let abortedAt = 0
    const { exit, begun } = await record(runtime(), makeRequest(language, code('endless')), {
      signal: controller.signal,
      onRunning: () => {
        setTimeout(() => {
          abortedAt = performance.now()
          controller.abort()
        }, 100)
      },
    })
    expect(performance.now() - abortedAt).toBeLessThan(ENDS_MS)
    expect(exit).toMatchObject({ fault: null, result: null, limit: null })
    expect(begun).toBe(1)
  })
  it.each(['timeout', 'cancelled'] as const)('is reported as %s by the executor', async (outcome) => {
    const controller = new AbortController()
    const executor = toyExecutor(runtime())
    const execution = await executor.execute({
      runtime: runtime().name,
      language,
      code: code('endless'),
      signal: controller.signal,
      onOutput: () => {
        if (outcome === 'cancelled') controller.abort()
      },
      limits: { timeoutMs: outcome === 'timeout' ? 300 : 30_000 },
    })
    expect(execution).toMatchObject({ outcome, success: false, errorType: outcome, result: null })
    expect(execution.stdout).toBe('begun\n')
    expect(executor.completed).toHaveLength(1)
    if (outcome === 'timeout') expect(execution.durationMs).toBeGreaterThanOrEqual(290)
  })
  it('does not run what is cancelled before it starts', async () => {
    const { exit, begun, stdout } = await record(runtime(), makeRequest(language, code('script')), {
      signal: AbortSignal.abort(),
    })
    expect({ fault: exit.fault, result: exit.result, begun, stdout }).toEqual({
      fault: null,
      result: null,
      begun: 0,
      stdout: '',
    })
  })
  it('ends at once when cancelled while it starts', async () => {
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 3)
    const { exit, tookMs } = await record(runtime(), makeRequest(language, code('endless')), {
      signal: controller.signal,
    })
    expect(exit.fault).toBeNull()
    expect(tookMs).toBeLessThan(ENDS_MS)
  })
  it('holds the memory limit and says so', async (context) => {
    context.skip(!runtime().capabilities.enforces.includes('memory'), 'memory is not enforced')
    const limits = { memoryBytes: options.hogMemoryBytes ?? 134_217_728 }
    const { exit } = await record(runtime(), makeRequest(language, code('hog'), { limits }), {
      signal: AbortSignal.timeout(30_000),
    })
    expect(exit).toMatchObject({ limit: 'memory', result: null, fault: null })
    const after = await record(runtime(), makeRequest(language, code('script')))
    expect(after.exit).toMatchObject({ exitCode: 0, limit: null, fault: null })
  })
}
