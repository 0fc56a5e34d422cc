import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { expect, it } from 'vitest'
import { allowNamespaces } from '../../src/runtimes/sandbox/namespaces-remedy.ts'
import { subprocess } from '../../src/runtimes/subprocess.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { localOptions } from '../support/local-runtime.ts'

const DOCS = join(import.meta.dirname, '../../docs/runtimes/subprocess.md')

async function remedyWhere(settings: Record<string, string>): Promise<string> {
  await using directory = await temporaryDirectory()
  for (const [name, value] of Object.entries(settings)) {
    const file = join(directory.path, name)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, `${value}\n`)
  }
  return allowNamespaces(directory.path)
}

it('gives bubblewrap a profile where AppArmor restricts user namespaces, as the documentation does', async () => {
  const remedy = await remedyWhere({ 'kernel/apparmor_restrict_unprivileged_userns': '1' })
  const print = /printf '[^']+'/.exec(remedy)?.[0] ?? expect.unreachable()
  const { stdout } = await execa('/bin/sh', ['-c', print])
  expect(stdout.split('\n')).toEqual([
    'abi <abi/4.0>,',
    'include <tunables/global>',
    'profile bwrap /usr/bin/bwrap flags=(unconfined) {',
    '  userns,',
    '}',
  ])
  expect(await readFile(DOCS, 'utf8')).toContain(print)
})

it.each([
  [{ 'kernel/unprivileged_userns_clone': '0' }, 'sudo sysctl -w kernel.unprivileged_userns_clone=1'],
  [{ 'user/max_user_namespaces': '0' }, 'sudo sysctl -w user.max_user_namespaces=15000'],
])('changes the setting that refuses namespaces: %o', async (settings, command) => {
  expect(await remedyWhere(settings)).toContain(command)
})

it('leaves alone what allows namespaces, and says what Docker needs', async () => {
  const allowing = { 'kernel/apparmor_restrict_unprivileged_userns': '0', 'user/max_user_namespaces': '9' }
  expect(await remedyWhere(allowing)).toMatch(/^in Docker run with --security-opt \S+/)
})

it('is what a runtime reports where bubblewrap is refused its rights, with its complaint once', async () => {
  await using directory = await temporaryDirectory()
  const complaint = 'bwrap: setting up uid map: Permission denied'
  const bwrap = join(directory.path, 'bwrap')
  await writeFile(
    bwrap,
    `#!/bin/sh\n[ "$1" = --version ] && exec echo bubblewrap 0.9.0\necho ${complaint} >&2\nexit 1\n`,
  )
  // The sandbox starts it as another user where the tests run as root.
  for (const path of [directory.path, bwrap]) await chmod(path, 0o755)
  const runtime = subprocess(localOptions({ path: `${directory.path}:${process.env['PATH'] ?? ''}` }))
  try {
    expect((await runtime.check()).missing).toEqual([
      { what: `namespaces are refused: namespace: ${complaint}`, fix: allowNamespaces() },
    ])
  } finally {
    await runtime.close()
  }
})
