/** The compiler's own process: answers one job after another. Whoever started it bounds its memory and its time. */
import { encodeFrame, FrameReader, OUTPUT_MAX_BYTES, type Compiled, type CompileJob } from './compile-job.ts'
import { mayCallMain } from '../main-hook.ts'
import { toSyntaxError } from './lower.ts'
import { setMain } from './import-meta.ts'
import { toSource } from './source-text.ts'

/** Loads what the job needs: the first run of a process waits for it. */
async function compile(job: CompileJob, text: string): Promise<Compiled> {
  const source = await setMain(toSource(text).trimEnd(), job) // trimmed so that an error at the end has the line of what is there
  if (job.files.length === 0) return compileOne(job, source)
  const { bundle } = await import('./bundle.ts')
  const whole = await bundle(source, job)
  return 'error' in whole ? whole : compileOne({ ...job, loader: 'js' }, whole.code)
}

async function compileOne(job: CompileJob, code: string): Promise<Compiled> {
  const { to, fileName, loader, hook } = job
  if (to === 'quickjs')
    return (await import('./to-quickjs.ts')).prepareScript(code, { fileName, loader, hook })
  const done = to === 'module' ? await toModule(job, code) : await toScript(job, code)
  if ('error' in done || !mayCallMain(done.code)) return done
  return (await import('./mark-main.ts')).markMain(done.code, hook)
}

async function toModule({ fileName, loader }: CompileJob, code: string): Promise<Compiled> {
  return loader === 'js' ? { code } : (await import('./to-module.ts')).toModule(code, fileName)
}

async function toScript({ fileName, loader }: CompileJob, code: string): Promise<Compiled> {
  return (await import('./to-script.ts')).toScript(code, fileName, loader)
}

async function answer(job: CompileJob, code: string): Promise<void> {
  const compiled = refuseOversized(await compile(job, code))
  if ('error' in compiled) process.stdout.write(encodeFrame(compiled, ''))
  else process.stdout.write(encodeFrame({ ...compiled, code: undefined }, compiled.code))
}

function refuseOversized(compiled: Compiled): Compiled {
  if ('error' in compiled || compiled.code.length <= OUTPUT_MAX_BYTES) return compiled
  const message = `the code is larger than ${OUTPUT_MAX_BYTES} bytes once it is compiled`
  return { error: toSyntaxError(message, null, 'main.ts:1:1') }
}

const reader = new FrameReader()
process.stdin.on('data', (chunk: Buffer) => {
  const frame = reader.push(chunk)
  if (frame === null) return
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the parent process gives nothing else
  answer(frame.value as CompileJob, frame.text).catch((error: unknown) => {
    // The compiler broke on this code: its own words are on stderr, and the next code gets a new process.
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(1)
  })
})
// esbuild's process would keep this one.
process.stdin.on('end', () => process.exit(0))
process.stdout.write(encodeFrame({ ready: true }, ''))
