/** A directory of its own for a benchmark, also as its TMPDIR: others use the machine. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Gone when disposed of; the users of the sandboxes may pass through it. */
export function temporaryHome(prefix: string): { path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), prefix))
  chmodSync(path, 0o755)
  process.env['TMPDIR'] = path
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}
