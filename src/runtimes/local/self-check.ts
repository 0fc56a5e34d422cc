/** Breaks every limit once, on purpose, in a sandbox like any other: what is claimed here has been seen to hold. */
import type { Limit, Limits } from '../../execution.ts'
import { bashHead } from '../bash-head.ts'
import { runLocally } from './run.ts'
import type { RuntimeExit, RuntimeRequest } from '../runtime.ts'
import type { SandboxHost } from '../sandbox/host.ts'

/** ms after which a program that should have been ended by its limit is ended by us. */
const GIVE_UP_MS = 4000
const MIB = 1_048_576

const USUAL: Limits = {
  timeoutMs: GIVE_UP_MS,
  cpuMs: null,
  memoryBytes: 64 * MIB,
  pids: 64,
  outputBytes: MIB,
  outputPolicy: 'truncate',
  diskBytes: 4 * MIB,
  openFiles: 64,
}

interface Probe {
  limit: Limit
  code: string
  limits: Partial<Limits>
  /** ms after which the run is aborted. */
  abortAfterMs?: number
  holds: (exit: RuntimeExit, seen: { outputBytes: number; tookMs: number }) => boolean
}

const FLOOD_BYTES = 2 * MIB

const PROBES: readonly Probe[] = [
  {
    limit: 'time',
    code: 'trap "" TERM INT HUP; while :; do sleep 1000; done',
    limits: {},
    abortAfterMs: 150,
    holds: (exit, { tookMs }) => exit.signal !== null && tookMs < GIVE_UP_MS / 2,
  },
  {
    limit: 'cpu',
    code: 'while :; do :; done',
    limits: { cpuMs: 100 },
    holds: (exit) => exit.limit === 'cpu',
  },
  {
    limit: 'memory',
    code: 'x=x; while :; do x+=$x; done',
    limits: { memoryBytes: 24 * MIB },
    holds: (exit) => exit.limit === 'memory',
  },
  {
    limit: 'pids',
    code: 'for i in {1..64}; do sleep 100 & done; wait',
    limits: { pids: 24 },
    holds: (exit) => exit.limit === 'pids',
  },
  {
    limit: 'output',
    code: `head -c ${FLOOD_BYTES} /dev/zero`,
    limits: {},
    holds: (exit, { outputBytes }) => exit.exitCode === 0 && outputBytes === FLOOD_BYTES,
  },
  {
    limit: 'disk',
    code: `head -c ${8 * MIB} /dev/zero > /tmp/fill`,
    limits: {},
    holds: (exit) => exit.limit === 'disk',
  },
  {
    limit: 'files',
    code: 'for i in {10..99}; do eval "exec $i< /dev/null" || exit 9; done',
    limits: { openFiles: 32 },
    holds: (exit) => exit.exitCode !== 0 && exit.fault === null,
  },
]

/** The limits that held, each broken once. Takes about half a second, most of it waiting. */
export async function proveLimits(host: SandboxHost): Promise<Limit[]> {
  const proven: Limit[] = []
  for (const probe of PROBES) {
    if (await proveOne(host, probe)) proven.push(probe.limit)
  }
  return proven
}

async function proveOne(host: SandboxHost, probe: Probe): Promise<boolean> {
  const startedAt = performance.now()
  let outputBytes = 0
  const request = makeRequest(probe)
  const program = {
    guest: 'bash' as const,
    file: 'main.sh',
    code: { code: probe.code },
    head: (nonce: string) => bashHead(nonce, request),
  }
  const exit = await runLocally({ host, requireIsolation: false }, request, program, {
    signal: AbortSignal.timeout(probe.abortAfterMs ?? GIVE_UP_MS),
    onOutput: ({ bytes }) => {
      outputBytes += bytes.length
    },
    onRunning: () => undefined,
  })
  return probe.holds(exit, { outputBytes, tookMs: performance.now() - startedAt })
}

function makeRequest(probe: Probe): RuntimeRequest {
  return {
    executionId: `self-check-${probe.limit}`,
    organizationId: 'exectrail',
    workflowExecutionId: null,
    codeAgentId: null,
    language: 'bash',
    code: probe.code,
    input: 'null',
    env: {},
    files: [],
    network: 'none',
    limits: { ...USUAL, ...probe.limits },
  }
}
