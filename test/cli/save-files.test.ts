import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { saveFiles } from '../../src/cli/commands/save-files.ts'
import { temporaryDirectory } from '../support/directory.ts'

it('writes files where the reader wants them, and none whose name leads elsewhere', async () => {
  await using directory = await temporaryDirectory()
  const said: string[] = []
  const root = join(directory.path, 'new')
  await saveFiles(
    [
      { path: 'a/b.txt', content: 'text', encoding: 'utf8' },
      { path: 'raw', content: '/wA=', encoding: 'base64' },
      { path: '../outside', content: 'x' },
      { path: 'red\u001b[31m', content: 'x' },
      { path: '\u202e'.repeat(90), content: 'x' },
    ],
    root,
    { say: (line) => said.push(line) },
  )
  expect(await readFile(join(root, 'a/b.txt'), 'utf8')).toBe('text')
  expect([...(await readFile(join(root, 'raw')))]).toEqual([255, 0])
  expect(existsSync(join(directory.path, 'outside'))).toBe(false)
  expect(said.join('')).not.toContain('\u202e')
  expect(said).toEqual([
    '  ../outside was not written: its name is refused',
    '  red␛[31m was not written: its name is refused',
    expect.stringMatching(/<U\+202E>.* was not written: ENAMETOOLONG/u),
    `  2 of 5 files of /out are in ${root}`,
  ])
})
