/** Starts `child.ts` and listens to what it says it left. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { waitFor } from '../support/wait.ts'

export interface Child extends AsyncDisposable {
  process: ChildProcess
  announced: Set<string>
  begun: Set<string>
  completed: Set<string>
  /** Resolves when it has left all it should. */
  done(): Promise<unknown>
  /** SIGKILL; resolves when it is gone and all it said is read. */
  kill(): Promise<void>
}

/** `url` '-': it sends nowhere. */
export function runChild(home: string, url: string, { count = 0, unended = 0 } = {}): Child {
  const file = join(import.meta.dirname, 'child.ts')
  const child = spawn(process.execPath, [file, home, url, String(count), String(unended)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const sets: Record<string, Set<string>> = { A: new Set(), B: new Set(), C: new Set() }
  let isDone = false
  const lines = createInterface({ input: child.stdout })
  lines.on('line', (line) => {
    if (line === 'done') isDone = true
    else sets[line.slice(0, 1)]?.add(line.slice(2))
  })
  const closed = Promise.all([once(child, 'close'), once(lines, 'close')])
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await closed
  }
  return {
    process: child,
    announced: sets['A'] ?? new Set(),
    begun: sets['B'] ?? new Set(),
    completed: sets['C'] ?? new Set(),
    done: () => waitFor(() => isDone, { timeoutMs: 20_000, what: 'the child to be done' }),
    kill,
    [Symbol.asyncDispose]: kill,
  }
}
