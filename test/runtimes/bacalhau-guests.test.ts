/** The guests of container jobs, run by the interpreters of this machine: no node here has Docker. */
import { spawnSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Language } from '../../src/execution.ts'
import { FrameReader } from '../../src/runtimes/bacalhau/frames.ts'
import { GuestReport } from '../../src/runtimes/bacalhau/guest-report.ts'
import { jobSources } from '../../src/runtimes/bacalhau/job-sources.ts'
import { prepareProgram } from '../../src/runtimes/bacalhau/program.ts'
import { unpackArchive } from '../../src/runtimes/bacalhau/archive.ts'
import { PROGRAMS, UNICODE, type ProgramName } from '../contract/programs.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { makeRequest } from '../support/run-recorder.ts'

const COMMANDS: Record<Language, readonly string[]> = {
  python: ['python3', '-I', '-B'],
  javascript: [process.execPath],
  typescript: [process.execPath],
  bash: ['bash', '--norc', '--noprofile'],
}
const GUESTS: Record<Language, string> = {
  python: 'python.py',
  javascript: 'node.cjs',
  typescript: 'node.cjs',
  bash: 'bash.sh',
}
const MARKER = 'f00d'.repeat(8)

const JAVASCRIPT = 'async function main() { console.log("ran") }\nsetTimeout(main, 5)'
const CALLS_MAIN: Record<Language, string> = {
  python:
    'def main(argv=None):\n    print("ran")\n\ndef cli():\n    main()\n\nif __name__ == "__main__":\n    cli()',
  javascript: JAVASCRIPT,
  typescript: JAVASCRIPT,
  bash: 'main() { echo ran; }\n[[ ${BASH_SOURCE[0]} == "$0" ]] && main "$@"',
}

/** Unpacks the job as a node would, runs its guest and reads what it says. */
async function runGuest(language: Language, code: string, change: Parameters<typeof makeRequest>[2] = {}) {
  await using directory = await temporaryDirectory()
  const request = makeRequest(language, code, change)
  const program = await prepareProgram(request, 'docker', { signal: new AbortController().signal })
  if (!('code' in program)) throw new Error(JSON.stringify(program))
  const sources = await jobSources(request, program, { engine: 'docker', channel: 'stream' })
  const [source] = sources as { Source: { Params: { URL: string } } }[]
  const archive = Buffer.from(source?.Source.Params.URL.split(',')[1] ?? '', 'base64')
  for (const { path, content } of unpackArchive(archive, 1e8)) {
    await mkdir(dirname(join(directory.path, path)), { recursive: true })
    await writeFile(join(directory.path, path), content)
  }
  const [command = '', ...flags] = COMMANDS[language]
  const guest = join(directory.path, 'guest', GUESTS[language])
  const done = spawnSync(command, [...flags, guest, MARKER], { input: '', maxBuffer: 1e8 })
  const chunks: Record<'stdout' | 'stderr', Uint8Array[]> = { stdout: [], stderr: [] }
  let begun = 0
  const report = new GuestReport({
    signal: new AbortController().signal,
    onOutput: ({ stream, bytes }) => void chunks[stream].push(bytes),
    onRunning: () => (begun += 1),
  })
  const reader = new FrameReader(MARKER, report)
  // In pieces, as a log arrives.
  for (const piece of done.stdout.toString().match(/[^]{1,4001}/gu) ?? []) reader.push('stdout', piece)
  reader.push('stderr', done.stderr.toString())
  reader.end()
  await report.drain()
  const text = (stream: 'stdout' | 'stderr'): string => Buffer.concat(chunks[stream]).toString()
  const output = { stdout: text('stdout'), stderr: text('stderr'), begun }
  return { ...output, status: done.status, end: report.end, result: report.result(), trouble: report.trouble }
}

describe.each(['python', 'javascript', 'typescript', 'bash'] as const)(
  'guest of %s in a container',
  (language) => {
    const code = (name: ProgramName): string => PROGRAMS[language][name]
    it('gives back what main returns', async () => {
      const run = await runGuest(language, code('value'), { input: '{"xs":[1,2,39]}' })
      expect(run).toMatchObject({ begun: 1, status: 0, trouble: null, end: { exitCode: 0, error: null } })
      expect(JSON.parse(run.result ?? '')).toEqual({ sum: 42, text: 'é𝄞', none: null })
    })
    it('keeps output and exit code of a script', async () => {
      const run = await runGuest(language, code('exits'))
      expect(run).toMatchObject({ stdout: 'before\n', status: 7, result: null, end: { exitCode: 7 } })
    })
    it('keeps characters unbroken', async () => {
      const run = await runGuest(language, code('unicode'))
      expect(run.stdout === `${UNICODE.unit.repeat(UNICODE.times)}\n`).toBe(true)
    })
    it('tells of an error in the lines of the program', async () => {
      const run = await runGuest(language, code('throws'))
      expect(run.end?.exitCode).not.toBe(0)
      if (language === 'bash') expect(run.stderr).toContain('main.sh: line 4: nonesuch_command')
      else expect(run.end?.error).toMatchObject({ name: 'TypeError', message: 'broken 1' })
    })
    it('flags code the language refuses', async () => {
      if (language === 'typescript') {
        await expect(runGuest(language, code('syntax'))).rejects.toThrow(/./u)
        return
      }
      const run = await runGuest(language, code('syntax'))
      expect(run).toMatchObject({
        stdout: '',
        begun: language === 'javascript' ? 1 : 0,
        end: { syntax: true },
      })
    })
    it('runs a main once that the program calls', async () => {
      const { stdout, end } = await runGuest(language, CALLS_MAIN[language], { input: '{"a":1}' })
      expect(stdout).toBe('ran\n')
      expect(end).toMatchObject({ exitCode: 0, error: null })
    })
    it('shows the environment of the caller and no other', async () => {
      process.env['CONTRACT_CANARY'] = 'leaked'
      const run = await runGuest(language, code('environment'), { env: { GREETING: "it's $HOME" } })
      const seen = JSON.parse(run.result ?? '{}') as Record<string, string>
      expect(seen['GREETING']).toBe("it's $HOME")
      expect(seen).not.toHaveProperty('CONTRACT_CANARY')
    })
  },
)
