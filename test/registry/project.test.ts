import { mkdir, readdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readProject, writeProject } from '../../src/registry/project.ts'
import { copyTemplate, readTemplate } from '../../src/registry/templates.ts'
import { freshHome } from '../support/of-test.ts'
import { makeDefinition } from '../support/registry.ts'

/** A folder with a valid project, changed by what the test writes into it. */
async function project(manifest: Record<string, unknown> = {}): Promise<string> {
  const folder = await freshHome()
  const { code, readme: _, ...rest } = makeDefinition()
  await writeFile(join(folder, 'agent.json'), JSON.stringify({ ...rest, ...manifest }))
  await writeFile(join(folder, 'main.py'), code)
  return folder
}

describe('a project', () => {
  it('reads back as the definition that was written', async () => {
    const files = [
      { path: 'data/prices.json', content: '{"pear": 2}', encoding: 'utf8' as const },
      {
        path: 'logo.png',
        content: Buffer.from([0x89, 0x50, 0xff]).toString('base64'),
        encoding: 'base64' as const,
      },
    ]
    const definition = makeDefinition({ files, readme: '# Hello\n' })
    const folder = join(await freshHome(), 'new/summer')
    await writeProject(folder, definition)
    expect((await readdir(folder)).toSorted()).toEqual(['README.md', 'agent.json', 'files', 'main.py'])
    expect(await readProject(folder)).toEqual(definition)
  })

  it('needs neither a README nor files', async () => {
    expect(await readProject(await project())).toMatchObject({ name: 'acme/summer', readme: '' })
  })

  it('is not written into a folder that has files', async () => {
    const folder = await project()
    await expect(writeProject(folder, makeDefinition())).rejects.toMatchObject({ code: 'conflict' })
    expect(await readdir(folder)).toHaveLength(2)
  })

  it('names every issue of its manifest at once', async () => {
    const folder = await project({ version: 'one', license: '', colour: 'red' })
    await expect(readProject(folder)).rejects.toMatchObject({
      issues: [{ path: 'version' }, { path: 'license' }, { path: 'colour' }],
    })
  })

  it.each([
    ['no JSON', '{', /agent\.json.*is no JSON/u],
    ['no object', '[]', /holds no object/u],
    ['no language', '{}', /give its language/u],
    ['code', '{"language":"python","code":"1"}', /`code` stands in a file of its own/u],
  ])('says what is wrong with a manifest that has %s', async (_, text, why) => {
    const folder = await project()
    await writeFile(join(folder, 'agent.json'), text)
    await expect(readProject(folder)).rejects.toThrow(why)
  })

  it('says which file is missing', async () => {
    await expect(readProject(await freshHome())).rejects.toThrow(/agent\.json: cannot be read/u)
    await expect(readProject(await project({ language: 'bash' }))).rejects.toThrow(
      /main\.sh: cannot be read/u,
    )
  })

  it('follows no link, reads no more than a definition may have, and no text that is not UTF-8', async () => {
    const linked = await project()
    await mkdir(join(linked, 'files'))
    await symlink('/etc/hostname', join(linked, 'files/host'))
    await expect(readProject(linked)).rejects.toThrow(/host: is no regular file/u)
    const large = await project()
    await truncate(join(large, 'main.py'), 9 * 1_048_576)
    await expect(readProject(large)).rejects.toThrow(/more than 8388608 bytes/u)
    const latin = await project()
    await writeFile(join(latin, 'main.py'), Buffer.from([0xe9]))
    await expect(readProject(latin)).rejects.toThrow(/main\.py: is not UTF-8/u)
  })
})

describe('a copy of a template', () => {
  it('has its code under a name of its own', async () => {
    const folder = join(await freshHome(), 'copy')
    await copyTemplate('csv-summary', { name: 'acme/summary', directory: folder })
    const copied = await readProject(folder)
    expect(copied).toMatchObject({ name: 'acme/summary', version: '0.1.0' })
    expect(copied.code).toBe((await readTemplate('csv-summary')).code)
    expect(await readFile(join(folder, 'README.md'), 'utf8')).toMatch(/^# csv-summary/u)
  })

  it.each(['../json-diff', '', 'nothing'])('is refused of %j, with the names there are', async (template) => {
    const copy = copyTemplate(template, { name: 'acme/a', directory: await freshHome() })
    await expect(copy).rejects.toThrow(/there are cron-explain, csv-summary/u)
  })

  it('is refused under a name that is none', async () => {
    const folder = join(await freshHome(), 'copy')
    await expect(copyTemplate('json-diff', { name: 'Acme', directory: folder })).rejects.toThrow(/namespace/u)
    await expect(readdir(folder)).rejects.toThrow(/ENOENT/u)
  })
})
