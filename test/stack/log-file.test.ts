import { appendFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { logSize, readLog } from '../../src/stack/log-file.ts'
import { temporaryDirectory } from '../support/directory.ts'

describe('what a part wrote to its log', () => {
  it('is read from the mark on, the last bytes only', async () => {
    await using directory = await temporaryDirectory()
    const path = join(directory.path, 'part.log')
    await appendFile(path, 'before\n')
    const mark = await logSize(path)
    await appendFile(path, 'after the mark\n')
    expect(await readLog(path, mark)).toBe('after the mark\n')
    expect(await readLog(path, mark, 5)).toBe('mark\n')
  })

  it('is nothing where the file is gone, for a part may end while its directory is taken away', async () => {
    await using directory = await temporaryDirectory()
    const path = join(directory.path, 'part.log')
    await appendFile(path, 'something\n')
    await rm(path)
    expect(await readLog(path, 0)).toBe('')
  })
})
