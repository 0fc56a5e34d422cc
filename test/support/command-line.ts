/** Runs the real command line, and a stack by `exectrail up`, in a home of their own. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { readEndpoints, type Endpoints } from '../../src/stack/endpoints.ts'
import { waitFor } from './wait.ts'

const ROOT = join(import.meta.dirname, '../..')
export const EXECTRAIL = join(ROOT, 'bin/exectrail')

export interface CommandResult {
  exitCode: number | null
  stdout: string
  stderr: string
}

/** Environment of a command in `home`; nothing of the caller's but what programs need to start. */
export function environmentFor(home: string, extra: Record<string, string> = {}): Record<string, string> {
  const { PATH = '', HOME = '', XDG_CACHE_HOME } = process.env
  const cache = XDG_CACHE_HOME === undefined ? {} : { XDG_CACHE_HOME }
  return { PATH, HOME, ...cache, CI: 'true', EXECTRAIL_HOME: home, EXECTRAIL_PORT: '0', ...extra }
}

/** Runs `exectrail …args` to its end. */
export function exectrail(args: readonly string[], env: Record<string, string>): Promise<CommandResult> {
  return runToEnd(EXECTRAIL, args, env)
}

/** As `exectrail`, on a terminal: all it prints, on one stream. */
export async function exectrailOnTerminal(
  args: readonly string[],
  env: Record<string, string>,
): Promise<{ exitCode: number | null; shown: string }> {
  const program = join(import.meta.dirname, 'on-terminal.py')
  const { exitCode, stdout } = await runToEnd('python3', [program, EXECTRAIL, ...args], env)
  return { exitCode, shown: stdout }
}

/** Runs another program to its end. */
export function runProgram(
  command: string,
  args: readonly string[],
  { env, cwd }: { env: Record<string, string>; cwd: string },
): Promise<CommandResult> {
  return runToEnd(command, args, env, cwd)
}

/** Runs one line of a document as a shell would, in the checkout, under the pinned Node. */
export function runShell(line: string, env: Record<string, string>): Promise<CommandResult> {
  const path = `${join(ROOT, 'node_modules/.bin')}:${env['PATH'] ?? ''}`
  return runToEnd('/bin/sh', ['-c', line], { ...env, PATH: path })
}

/** The README's code blocks of one language. */
export function readmeBlocks(language: string): string[] {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
  return [...readme.matchAll(/```(?<language>\w+)\n(?<body>[\s\S]*?)```/gu)]
    .filter((match) => match.groups?.['language'] === language)
    .map((match) => match.groups?.['body'] ?? '')
}

async function runToEnd(
  command: string,
  args: readonly string[],
  env: Record<string, string>,
  cwd = ROOT,
): Promise<CommandResult> {
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  return { exitCode, stdout, stderr }
}

export interface RunningUp {
  home: string
  env: Record<string, string>
  endpoints: Endpoints
  apiKey: string
  pid: number
  /** What it has said so far. */
  talk(): string
  /** SIGTERM, then its end. */
  stop(): Promise<number | null>
}

/** Starts `exectrail up` and waits until it is ready; another command line than the checkout's runs in `home`. */
export async function startUp(
  home: string,
  extra: Record<string, string> = {},
  command = EXECTRAIL,
): Promise<RunningUp> {
  const apiKey = 'test-key-0123456789abcdef'
  const env = environmentFor(home, { EXECTRAIL_API_KEY: apiKey, ...extra })
  const cwd = command === EXECTRAIL ? ROOT : home
  const child = spawn(command, ['up'], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let talk = ''
  const ended = once(child, 'exit')
  child.stdout.on('data', (bytes: Buffer) => (talk += bytes.toString()))
  child.stderr.on('data', (bytes: Buffer) => (talk += bytes.toString()))
  const ready = async (): Promise<Endpoints | null> => {
    if (child.exitCode !== null) throw new Error(`exectrail up ended with ${child.exitCode}:\n${talk}`)
    const endpoints = await readEndpoints(home)
    if (endpoints === null) return null
    const answer = await fetch(`${endpoints.service}/readyz`).catch(() => null)
    return answer?.ok === true ? endpoints : null
  }
  const endpoints = await waitFor(ready, {
    timeoutMs: 280_000,
    what: () => `exectrail up to be ready:\n${talk}`,
  })
  return {
    home,
    env,
    endpoints,
    apiKey,
    pid: child.pid ?? -1,
    talk: () => talk,
    async stop() {
      child.kill('SIGTERM')
      const [exitCode] = await ended
      return exitCode
    },
  }
}
