import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { metaName, newId } from '../../src/blobs/spool/entry.ts'
import { measureSpool } from '../../src/blobs/spool/spool-stats.ts'
import { temporaryDirectory } from '../support/directory.ts'

it('counts what waits in a directory that another process adopts meanwhile', async () => {
  await using root = await temporaryDirectory()
  const place = (index: number): string => join(root.path, `owner${index % 2}`)
  mkdirSync(place(0))
  writeFileSync(join(place(0), metaName(newId(7))), '{}')
  for (let index = 0; index < 200; index += 1) {
    const measured = measureSpool(root.path)
    await new Promise((resolve) => setImmediate(resolve))
    renameSync(place(index), place(index + 1))
    expect(await measured).toMatchObject({ blobs: 1, bytes: 7 })
  }
})
