import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LANGUAGES, RUNTIMES } from '../../src/execution.ts'
import { environmentFor, exectrail, runProgram } from '../support/command-line.ts'

const SHELLS = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof SHELLS)[number]

let directory: string
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'exectrail-completion-'))
  for (const shell of SHELLS) {
    const { stdout, exitCode, stderr } = await exectrail(['completion', shell], environmentFor(directory))
    expect(exitCode, stderr).toBe(0)
    writeFileSync(join(directory, shell), stdout)
  }
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** What a real shell offers behind these words; the last one is being typed. */
async function offered(shell: Shell, words: readonly string[]): Promise<string[]> {
  const script = join(directory, shell)
  const list = words.map((word) => `'${word}'`).join(' ')
  const line = words.join(' ')
  const code = {
    bash: `source ${script}; COMP_WORDS=(${list}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _exectrail; printf '%s\\n' "\${COMPREPLY[@]}"`,
    zsh: `compdef() { :; }; _files() { :; }; compadd() { shift; print -l -- "$@"; }; source ${script}; words=(${list}); CURRENT=\${#words}; _exectrail`,
    fish: `source ${script}; complete -C '${line}'`,
  }[shell]
  const args = shell === 'fish' ? ['--no-config', '-c', code] : ['-c', code]
  const ended = await runProgram(shell, args, { env: environmentFor(directory), cwd: directory })
  expect(ended, ended.stderr).toMatchObject({ exitCode: 0, stderr: '' })
  const lines = ended.stdout.split('\n').map((one) => one.split('\t')[0] ?? '')
  const typed = words.at(-1) ?? ''
  return lines.filter((one) => one !== '' && one.startsWith(typed)).toSorted()
}

describe.each(SHELLS)('%s completes', (shell) => {
  const here = spawnSync(shell, ['--version']).status === 0

  it.skipIf(!here)('commands', async () => {
    const commands = await offered(shell, ['exectrail', ''])
    expect(commands).toEqual(expect.arrayContaining(['run', 'logs', 'stats', 'mcp', 'completion', 'key']))
    expect(await offered(shell, ['exectrail', 'completion', ''])).toEqual(SHELLS.toSorted())
    expect(await offered(shell, ['exectrail', 'key', ''])).toEqual(['create', 'list', 'revoke'])
    expect(await offered(shell, ['exectrail', 'log'])).toEqual(['logs'])
  })

  it.skipIf(!here)('options of the command', async () => {
    expect(await offered(shell, ['exectrail', 'run', '--ti'])).toEqual(['--timeout-ms'])
    expect(await offered(shell, ['exectrail', 'logs', 'summer', '--outc'])).toEqual(['--outcome'])
  })

  it.skipIf(!here)('runtimes, languages and choices', async () => {
    const runtimes = [...RUNTIMES, 'all'].toSorted()
    expect(await offered(shell, ['exectrail', 'run', '-e', '1', '--runtime', ''])).toEqual(runtimes)
    expect(await offered(shell, ['exectrail', 'logs', '--language', ''])).toEqual(LANGUAGES.toSorted())
    expect(await offered(shell, ['exectrail', 'logs', '--order', 'd'])).toEqual(['duration'])
  })
})

it('a shell that is not known exits 2 and names the others', async () => {
  const { exitCode, stderr } = await exectrail(['completion', 'csh'], environmentFor(directory))
  expect(exitCode).toBe(2)
  expect(stderr).toContain('bash, zsh, fish')
})
