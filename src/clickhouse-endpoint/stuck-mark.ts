/** The file by which an engine whose statements do not end asks to be killed: as process 1 it cannot kill itself. */
import { join } from 'node:path'

/** Where it is, below the data directory; the supervisor looks for it. */
export function stuckMark(dataDir: string): string {
  return join(dataDir, 'exectrail-stuck')
}
