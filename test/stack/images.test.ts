import { globSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { describe, expect, it } from 'vitest'
import { environmentFor } from '../support/command-line.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { buildContext, copiesOf, copyInto } from '../support/image-context.ts'

const ROOT = join(import.meta.dirname, '../..')
const dockerfiles = globSync('**/Dockerfile', { cwd: ROOT, exclude: ['**/node_modules'] })
/** Commands of each image, which run in its working directory. */
const COMMANDS: Record<string, string[]> = {
  Dockerfile: ['bin/exectrail --version', 'bin/exectrail run --language bash --eval true --json'],
  'tools/bacalhau/Dockerfile': ['node src/cli/main.ts prepare --help', 'node tools/bacalhau/modules.ts wasm'],
}

it('every Dockerfile is known here', () => {
  expect(dockerfiles.toSorted()).toEqual(Object.keys(COMMANDS))
})

describe.each(dockerfiles)('%s', (dockerfile) => {
  it('copies only what .dockerignore lets through, and that is enough for its programs', async () => {
    await using directory = await temporaryDirectory()
    const image = join(directory.path, 'image')
    const copies = copiesOf(dockerfile)
    expect(copies.length).toBeGreaterThan(0)
    expect(copyInto(image, copies, buildContext())).toEqual([])
    symlinkSync(join(ROOT, 'node_modules'), join(image, 'node_modules'))
    const env = environmentFor(join(directory.path, 'home'))
    for (const command of COMMANDS[dockerfile] ?? [])
      await execa('/bin/sh', ['-c', command], { cwd: image, env, extendEnv: false })
  })
})

it('sends Docker neither tests nor packages', () => {
  expect(buildContext().filter((file) => /^(?:test|bench|node_modules|dist|\.git)\//.test(file))).toEqual([])
})
