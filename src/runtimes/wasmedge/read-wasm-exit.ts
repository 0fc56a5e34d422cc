/** What a local run's exit means when WasmEdge stood between the process and the program. */
import type { RuntimeExit } from '../runtime.ts'
import type { EngineWords } from './engine-log.ts'
import type { Runnable } from './toolchain.ts'

/** The engine speaks on the program's own stdout, so a program is believed only from this share of its limit on. */
const NEAR = 0.5

/** Exit code of the engine when it stopped the module. */
const TRAPPED = 134

/** The exit in terms of the module: isolation, traps, memory. */
export function readWasmExit(
  exit: RuntimeExit,
  words: EngineWords,
  { engine, module, form }: Runnable,
  memoryBytes: number | null,
): RuntimeExit {
  const sandboxId = `wasmedge-${engine.version}/${module.name}/${form}`
  if (exit.fault !== null) return { ...exit, isolation: 'wasm', sandboxId }
  const trapped = exit.exitCode === TRAPPED && words.trap !== null
  const trap = { name: 'Trap', message: `WebAssembly trap: ${words.trap ?? ''}`, stack: null }
  return {
    ...exit,
    durationMs: exit.durationMs === null ? null : Math.max(0, exit.durationMs),
    isolation: 'wasm',
    sandboxId,
    uncaught: exit.uncaught ?? (trapped ? trap : null),
    limit:
      exit.limit ?? (usedMuch(exit, memoryBytes) && ranOutOfMemory(exit, words, trapped) ? 'memory' : null),
  }
}

function usedMuch({ memoryPeakBytes }: RuntimeExit, memoryBytes: number | null): boolean {
  return memoryBytes !== null && (memoryPeakBytes ?? 0) >= NEAR * memoryBytes
}

/** The engine refused memory and the program died of it: of the language's own error, or of a trap. */
function ranOutOfMemory({ uncaught }: RuntimeExit, words: EngineWords, trapped: boolean): boolean {
  if (!words.refusedMemory) return false
  if (trapped || uncaught?.name === 'MemoryError' || uncaught?.name === 'SystemError') return true
  return uncaught?.name === 'InternalError' && uncaught.message === 'out of memory'
}
