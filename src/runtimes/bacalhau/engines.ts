/** Engines of a node, and the guest programs that serve each language on them. */
import type { Language } from '../../execution.ts'

/** How the job's code is run. */
export type Engine = 'wasm' | 'docker'

/** How what the guest says comes back: as the log stream while it runs, or published once it has ended. */
export type Channel = 'stream' | 'published'

/** Files of `guest/`, the one to start first, and of the guest library. */
export const GUESTS: Record<Engine, Partial<Record<Language, readonly string[]>>> = {
  wasm: {
    python: ['python.py', 'python/failure.py', 'python/timer_loop.py'],
    javascript: [],
    typescript: [],
  },
  docker: {
    python: ['python.py', 'python/failure.py'],
    javascript: ['node.cjs'],
    typescript: ['node.cjs'],
    bash: ['bash.sh'],
  },
}

/** Languages an engine has a guest for. */
export function languagesOf(engine: Engine): Language[] {
  return (['javascript', 'typescript', 'python', 'bash'] as const).filter(
    (language) => GUESTS[engine][language] !== undefined,
  )
}

/** True where the guest is QuickJS, which has no working directory. */
export function runsQuickJs(engine: Engine, language: Language): boolean {
  return engine === 'wasm' && language !== 'python'
}
