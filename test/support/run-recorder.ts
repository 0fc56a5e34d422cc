/** Drives one run of a runtime at the level of the seam and keeps all it said. */
import type { Language, Limits } from '../../src/execution.ts'
import type { Runtime, RuntimeExit, RuntimeRequest } from '../../src/runtimes/runtime.ts'

/** One run, whole. */
export interface Recording {
  exit: RuntimeExit
  stdout: string
  stderr: string
  stdoutBytes: number
  /** How often `onRunning` was called. */
  begun: number
  /** ms from the call to the end. */
  tookMs: number
}

/** When the run is aborted, and what is done as it goes. */
export interface RecordOptions {
  signal?: AbortSignal
  onOutput?: (text: string) => void | Promise<void>
  onRunning?: () => void
}

/** Limits of a usual run; tests change one. */
export const USUAL_LIMITS: Limits = {
  timeoutMs: 30_000,
  cpuMs: null,
  memoryBytes: 268_435_456,
  pids: 64,
  outputBytes: 1_048_576,
  outputPolicy: 'truncate',
  diskBytes: 67_108_864,
  openFiles: 256,
}

let serial = 0

/** A request with every default. */
export function makeRequest(
  language: Language,
  code: string,
  change: Partial<Omit<RuntimeRequest, 'limits'>> & { limits?: Partial<Limits> } = {},
): RuntimeRequest {
  serial += 1
  const { limits, ...rest } = change
  return {
    executionId: `00000000-0000-7000-8000-${String(serial).padStart(12, '0')}`,
    organizationId: 'contract',
    workflowExecutionId: null,
    codeAgentId: null,
    language,
    code,
    input: 'null',
    env: {},
    files: [],
    network: 'none',
    ...rest,
    limits: { ...USUAL_LIMITS, ...limits },
  }
}

/** Runs and records. */
export async function record(
  runtime: Runtime,
  request: RuntimeRequest,
  options: RecordOptions = {},
): Promise<Recording> {
  const chunks: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] }
  const startedAt = performance.now()
  let begun = 0
  const exit = await runtime.run(request, {
    signal: options.signal ?? new AbortController().signal,
    onOutput: ({ stream, bytes }) => {
      chunks[stream].push(Buffer.from(bytes))
      return options.onOutput?.(Buffer.from(bytes).toString('utf8'))
    },
    onRunning: () => {
      begun += 1
      options.onRunning?.()
    },
  })
  const stdout = Buffer.concat(chunks.stdout)
  return {
    exit,
    stdout: stdout.toString('utf8'),
    stderr: Buffer.concat(chunks.stderr).toString('utf8'),
    stdoutBytes: stdout.length,
    begun,
    tookMs: performance.now() - startedAt,
  }
}
