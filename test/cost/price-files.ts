/** Price files as an operator writes them, in a directory of their own. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { temporaryDirectory } from '../support/directory.ts'

/** Writes files by name, their content as JSON unless it is text; resolves to their folder. */
export async function writePriceFiles(files: Readonly<Record<string, unknown>>): Promise<string> {
  const directory = await temporaryDirectory()
  onTestFinished(() => directory[Symbol.asyncDispose]())
  await Promise.all(
    Object.entries(files).map(([name, content]) =>
      writeFile(join(directory.path, name), typeof content === 'string' ? content : JSON.stringify(content)),
    ),
  )
  return directory.path
}

/** A price of all local runtimes. */
export const NODE_LINE = {
  id: 'rack-7',
  runtimes: ['subprocess', 'vm2', 'wasmedge', 'bacalhau'],
  from: '2026-01-01',
  usdPerVcpuSecond: '0.00001',
  usdPerGibSecond: '0.000002',
  source: 'our own bill',
}
