import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants, openSync } from 'node:fs'
import { join } from 'node:path'
import { PipeReader } from '../../src/runtimes/sandbox/wire/pipe-reader.ts'
import { temporaryDirectory } from './directory.ts'

/** The reader of a pipe that bash, running `code`, prints to. */
export async function printing(code: string) {
  const directory = await temporaryDirectory()
  const pipe = join(directory.path, 'pipe')
  execFileSync('bash', ['-c', 'mkfifo "$0"', pipe])
  const outlet = new PipeReader(openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK))
  outlet.on('error', () => undefined)
  const child = spawn('bash', ['-c', `exec > '${pipe}'; ${code}`], { stdio: 'ignore' })
  const gone = async (): Promise<void> => {
    outlet.destroy()
    child.kill()
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    await directory[Symbol.asyncDispose]()
  }
  return { outlet, [Symbol.asyncDispose]: gone }
}
