import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { link, lstat, mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { saveFiles } from '../../src/cli/commands/save-files.ts'
import type { FileContent } from '../../src/execution.ts'
import { temporaryDirectory } from '../support/directory.ts'

async function save(files: readonly FileContent[], root: string): Promise<string[]> {
  const said: string[] = []
  await saveFiles(files, root, { say: (line) => said.push(line) })
  return said
}

it('writes files where the reader wants them, and none whose name leads elsewhere', async () => {
  await using directory = await temporaryDirectory()
  const root = join(directory.path, 'new')
  const said = await save(
    [
      { path: 'a/b.txt', content: 'text', encoding: 'utf8' },
      { path: 'raw', content: '/wA=', encoding: 'base64' },
      { path: '../outside', content: 'x' },
      { path: 'a/../../outside', content: 'x' },
      { path: '/outside', content: 'x' },
      { path: 'red\u001b[31m', content: 'x' },
      { path: '\u202e'.repeat(90), content: 'x' },
    ],
    root,
  )
  expect(await readFile(join(root, 'a/b.txt'), 'utf8')).toBe('text')
  expect([...(await readFile(join(root, 'raw')))]).toEqual([255, 0])
  expect(existsSync(join(directory.path, 'outside'))).toBe(false)
  expect(said.join('')).not.toContain('\u202e')
  expect(said).toEqual([
    '  ../outside was not written: its name is refused',
    '  a/../../outside was not written: its name is refused',
    '  /outside was not written: its name is refused',
    '  red␛[31m was not written: its name is refused',
    expect.stringMatching(/<U\+202E>.* was not written: ENAMETOOLONG/u),
    `  2 of 7 files of /out are in ${root}`,
  ])
  expect((await readdir(root)).toSorted()).toEqual(['a', 'raw'])
})

it('writes through no link, wherever it lies, and changes nothing that has another name', async () => {
  await using directory = await temporaryDirectory()
  const [root, outside] = [join(directory.path, 'root'), join(directory.path, 'outside')]
  await mkdir(join(root, 'deep'), { recursive: true })
  await mkdir(outside)
  await writeFile(join(outside, 'kept'), 'kept')
  await symlink(join(outside, 'kept'), join(root, 'file'))
  await symlink(join(outside, 'made'), join(root, 'dangling'))
  await symlink(outside, join(root, 'folder'))
  await symlink('../../outside', join(root, 'deep/folder'))
  await link(join(outside, 'kept'), join(root, 'twin'))
  await mkdir(join(root, 'taken'))
  execFileSync('/usr/bin/mkfifo', [join(root, 'pipe')])
  const names = ['file', 'dangling', 'folder/x', 'deep/folder/x', 'twin', 'taken', 'pipe', 'pipe/x', 'kept']
  const said = await save(
    names.map((path) => ({ path, content: 'new' })),
    root,
  )
  expect(said).toEqual([
    '  file was not written: a link is in its place',
    '  dangling was not written: a link is in its place',
    '  folder/x was not written: a link is in the place of its folder folder',
    '  deep/folder/x was not written: a link is in the place of its folder folder',
    '  taken was not written: a folder is in its place',
    '  pipe was not written: something that is not a file is in its place',
    '  pipe/x was not written: something that is not a file is in the place of its folder pipe',
    `  2 of 9 files of /out are in ${root}`,
  ])
  expect(await readdir(outside)).toEqual(['kept'])
  expect(await readFile(join(outside, 'kept'), 'utf8')).toBe('kept')
  expect(await readlink(join(root, 'file'))).toBe(join(outside, 'kept'))
  expect(await readFile(join(root, 'twin'), 'utf8')).toBe('new')
  expect((await lstat(join(root, 'kept'))).isFile()).toBe(true)
})

it('writes below a link that is the directory the reader named', async () => {
  await using directory = await temporaryDirectory()
  await mkdir(join(directory.path, 'real'))
  await symlink('real', join(directory.path, 'named'))
  await save([{ path: 'a/b', content: 'x' }], join(directory.path, 'named'))
  expect(await readFile(join(directory.path, 'real/a/b'), 'utf8')).toBe('x')
})
