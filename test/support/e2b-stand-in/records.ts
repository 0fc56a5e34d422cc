/** Sandboxes as the control API of the stand-in knows and shows them. */
import type { Machine } from './machine.ts'

/** A sandbox as the control API shows it. */
export interface StandInSandbox {
  id: string
  template: string
  metadata: Record<string, string>
  allowInternetAccess: boolean | undefined
  network: unknown
  timeoutS: number
  startedAt: Date
  endAt: Date
  token: string
  machine: Machine
  expiry: NodeJS.Timeout
  state: 'running' | 'paused'
}

/** One sample of the provider's metrics. */
export interface StandInMetric {
  timestamp: string
  cpuUsedPct: number
  cpuCount: number
  memUsed: number
  memTotal: number
}

/** What the SDK sends to make one. */
export interface CreateBody {
  templateID: string
  metadata?: Record<string, string>
  envVars?: Record<string, string>
  timeout?: number
  allow_internet_access?: boolean
  network?: unknown
}

/** What the SDK sends to pause, resume or keep one. */
export interface LifeBody {
  timeout?: number
  /** Whether its processes go on. */
  memory?: boolean
}

const VERBS = ['kill', 'metrics', 'info', 'timeout', 'connect', 'pause'] as const
export type Verb = (typeof VERBS)[number]

export function isVerb(word: string): word is Verb {
  return VERBS.some((verb) => verb === word)
}

export function describe(sandbox: StandInSandbox): Record<string, unknown> {
  return {
    sandboxID: sandbox.id,
    templateID: sandbox.template,
    clientID: 'stand-in',
    envdVersion: '0.6.13',
    envdAccessToken: sandbox.token,
    metadata: sandbox.metadata,
    startedAt: sandbox.startedAt.toISOString(),
    endAt: sandbox.endAt.toISOString(),
    state: sandbox.state,
    cpuCount: 2,
    memoryMB: 512,
  }
}
