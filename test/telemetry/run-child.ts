/** Starts `child.ts` and reads what it says it left. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { waitFor } from '../support/wait.ts'

/** Ids by what the child said of them. */
export interface Said {
  announced: Set<string>
  begun: Set<string>
  completed: Set<string>
}

export interface Child extends AsyncDisposable {
  /** What it has said so far. */
  said(): Said
  /** Resolves when it has left all it should. */
  done(): Promise<Said>
  /** Ends it and resolves when it is gone. */
  kill(signal?: NodeJS.Signals): Promise<Said>
}

/** `url` '-': it sends nowhere. `count` 0: it goes on without end. */
export function runChild(home: string, url: string, { count = 0, unended = 0 } = {}): Child {
  // To a file: a full pipe would hold the child up, or fail it.
  const said = join(tmpdir(), `exectrail-test-${uuidv7()}`)
  const output = openSync(said, 'w')
  const file = join(import.meta.dirname, 'child.ts')
  const child = spawn(process.execPath, [file, home, url, String(count), String(unended)], {
    stdio: ['ignore', output, 'inherit'],
  })
  closeSync(output)
  const exited = once(child, 'exit')
  const lines = (): string[] => readFileSync(said, 'utf8').split('\n').slice(0, -1)
  const of = (letter: string): Set<string> =>
    new Set(
      lines()
        .filter((line) => line.startsWith(`${letter} `))
        .map((line) => line.slice(2)),
    )
  const read = (): Said => ({ announced: of('A'), begun: of('B'), completed: of('C') })
  const kill = async (signal: NodeJS.Signals = 'SIGKILL'): Promise<Said> => {
    child.kill(signal)
    await exited
    return read()
  }
  return {
    said: read,
    async done() {
      await waitFor(() => lines().at(-1) === 'done', { what: 'the child to be done' })
      return read()
    },
    kill,
    async [Symbol.asyncDispose]() {
      await kill()
      rmSync(said, { force: true })
    },
  }
}
