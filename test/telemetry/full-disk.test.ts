import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryDirectory } from '../support/directory.ts'
import { leave, openTrail } from './open-trail.ts'
import { startReceiver } from './receiver.ts'

const MEBIBYTE = 1_048_576

/** A file system of its own and of this size; null where this process may not mount one. */
function mountSmall(directory: string): Disposable | null {
  mkdirSync(directory)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${MEBIBYTE}`, 'tmpfs', directory], { stdio: 'pipe' })
  } catch {
    return null
  }
  return { [Symbol.dispose]: () => void execFileSync('umount', ['--lazy', directory]) }
}

it('a disk that is full changes no execution, and what it refused goes out from memory', async ({ skip }) => {
  await using directory = await temporaryDirectory()
  const home = join(directory.path, 'home')
  using mounted = mountSmall(home)
  if (mounted === null) skip('a small disk needs the right to mount one')
  await using receiver = await startReceiver()
  let url: string | null = null
  const trail = await openTrail(home, null, {
    resolveEndpoint: () => Promise.resolve(url === null ? null : { url, headers: {} }),
  })
  const ids = Array.from({ length: 300 }, () => leave(trail, { stdout: 'x'.repeat(10_000) }).id)
  expect(trail.status().lastError).toMatch(/ENOSPC/u)
  expect(trail.status().heldBytes).toBeGreaterThan(0)
  url = receiver.url
  expect(await trail.flush(20_000)).toEqual({ left: 0 })
  const later = Array.from({ length: 20 }, () => leave(trail).id)
  expect(await trail.shutdown(20_000)).toEqual({ left: 0 })
  expect(receiver.completed().toSorted()).toEqual([...ids, ...later].toSorted())
  expect(receiver.spans().toSorted()).toEqual([...ids, ...later].toSorted())
  expect(trail.status()).toMatchObject({ dropped: 0, dead: 0 })
})
