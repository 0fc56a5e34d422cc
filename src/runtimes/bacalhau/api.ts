/** The orchestrator's REST API, as far as one execution needs it. Answers are checked, not believed. */
import { z } from 'zod'

const event = z.object({
  Message: z.string().default(''),
  Topic: z.string().default(''),
  Details: z.record(z.string(), z.string()).nullish(),
})
const historyItem = z.object({
  Type: z.string(),
  ExecutionID: z.string().default(''),
  Event: event,
  Time: z.string(),
})
const runOutput = z.object({ ExitCode: z.number().int(), ErrorMsg: z.string().default('') })
const execution = z.object({
  ID: z.string(),
  NodeID: z.string().default(''),
  ComputeState: z.object({ StateType: z.number(), Message: z.string().default('') }),
  PublishedResult: z
    .object({ Params: z.object({ URL: z.string().optional() }).nullish() })
    .nullish()
    .transform((result) => result?.Params?.URL ?? null),
  RunOutput: runOutput.nullish(),
})
const listed = <T extends z.ZodType>(item: T) => z.object({ Items: z.array(item).nullish() })
const jobs = listed(
  z.object({ ID: z.string(), Labels: z.record(z.string(), z.string()).nullish(), State: jobState() }),
)
const nodeList = z.object({
  Nodes: z
    .array(
      z.object({
        Connection: z.string().default(''),
        Info: z.object({
          NodeID: z.string(),
          Labels: z.record(z.string(), z.string()).nullish(),
          ComputeNodeInfo: z
            .object({
              ExecutionEngines: z.array(z.string()).nullish(),
              Publishers: z.array(z.string()).nullish(),
            })
            .nullish(),
          BacalhauVersion: z.object({ GitVersion: z.string().default('') }).nullish(),
        }),
      }),
    )
    .nullish(),
})

function jobState() {
  return z.object({ StateType: z.string(), Message: z.string().default('') })
}

/** One entry of a job's history; times are ISO 8601 by the node's clock. */
export interface HistoryItem {
  /** Empty for what concerns the job as a whole. */
  executionId: string
  topic: string
  message: string
  /** The job's new state, where the entry has one. */
  newState: string | null
  atMs: number
}

/** One try of a job on a node. */
export interface JobExecution {
  id: string
  nodeId: string
  failed: boolean
  message: string
  resultUrl: string | null
  exitCode: number | null
}

/** One compute node of the cluster. */
export interface ClusterNode {
  id: string
  engines: readonly string[]
  publishers: readonly string[]
  labels: Readonly<Record<string, string>>
  version: string
}

/** An answer of the API that is no success; `status` 0 where there was no answer. */
export class BacalhauError extends Error {
  override readonly name = 'BacalhauError'
  readonly status: number

  constructor(message: string, status: number, cause?: unknown) {
    super(message, { cause })
    this.status = status
  }
}

const FAILED = 10
const ANSWER_MAX_BYTES = 67_108_864

/** Speaks to the orchestrator at `url`. Every call rejects with {@link BacalhauError}. */
export class BacalhauApi {
  readonly url: string

  constructor(url: string) {
    this.url = url.replace(/\/+$/, '')
  }

  /** Puts the job; resolves to its id. */
  async submit(job: unknown): Promise<string> {
    const answer = await this.#ask('PUT', 'orchestrator/jobs', z.object({ JobID: z.string().min(1) }), {
      Job: job,
    })
    return answer.JobID
  }

  async history(jobId: string): Promise<HistoryItem[]> {
    const answer = await this.#ask('GET', `${jobPath(jobId)}/history?limit=1000`, listed(historyItem))
    return (answer.Items ?? []).map(({ ExecutionID, Event, Time }) => ({
      executionId: ExecutionID,
      topic: Event.Topic,
      message: Event.Message,
      newState: Event.Details?.['NewState'] ?? null,
      atMs: Date.parse(Time),
    }))
  }

  /** `Pending`, `Queued`, `Running`, `Completed`, `Failed` or `Stopped`, and the reason. */
  async state(jobId: string): Promise<{ state: string; message: string }> {
    const { Job } = await this.#ask('GET', jobPath(jobId), z.object({ Job: z.object({ State: jobState() }) }))
    return { state: Job.State.StateType, message: Job.State.Message }
  }

  async executions(jobId: string): Promise<JobExecution[]> {
    const answer = await this.#ask('GET', `${jobPath(jobId)}/executions`, listed(execution))
    return (answer.Items ?? []).map((item) => ({
      id: item.ID,
      nodeId: item.NodeID,
      failed: item.ComputeState.StateType === FAILED,
      message: item.ComputeState.Message,
      resultUrl: item.PublishedResult,
      exitCode: item.RunOutput?.ExitCode ?? null,
    }))
  }

  /** Stops the job; one that has ended already is no error. */
  async stop(jobId: string, reason: string): Promise<void> {
    try {
      await this.#ask('DELETE', `${jobPath(jobId)}?reason=${encodeURIComponent(reason)}`, z.unknown())
    } catch (error) {
      if (!(error instanceof BacalhauError) || error.status === 0 || error.status >= 500) {
        if (!/terminal|already|stopped/iu.test(String(error))) throw error
      }
    }
  }

  /** Unfinished jobs that carry all of `labels` (a selector in the words of Kubernetes). */
  async unfinishedJobs(labels: string): Promise<{ id: string; labels: Readonly<Record<string, string>> }[]> {
    const path = `orchestrator/jobs?limit=1000&order_by=created_at&reverse=true&labels=${encodeURIComponent(labels)}`
    const answer = await this.#ask('GET', path, jobs)
    return (answer.Items ?? [])
      .filter(({ State }) => !['Completed', 'Failed', 'Stopped'].includes(State.StateType))
      .map(({ ID, Labels }) => ({ id: ID, labels: Labels ?? {} }))
  }

  /** The connected compute nodes. */
  async nodes(): Promise<ClusterNode[]> {
    const answer = await this.#ask('GET', 'orchestrator/nodes?limit=1000', nodeList)
    return (answer.Nodes ?? []).flatMap(({ Connection, Info }) => {
      const { ComputeNodeInfo: compute } = Info
      if (Connection !== 'CONNECTED' || compute === null || compute === undefined) return []
      const version = Info.BacalhauVersion?.GitVersion ?? ''
      const { ExecutionEngines: engines, Publishers: publishers } = compute
      return [
        {
          id: Info.NodeID,
          engines: engines ?? [],
          publishers: publishers ?? [],
          labels: Info.Labels ?? {},
          version,
        },
      ]
    })
  }

  async #ask<T>(method: string, path: string, schema: z.ZodType<T>, body?: unknown): Promise<T> {
    const { status, text } = await this.#send(method, path, body)
    const answer = parseJson(text)
    if (status >= 400) throw new BacalhauError(readMessage(answer) ?? `status ${status}`, status)
    const parsed = schema.safeParse(answer)
    if (parsed.success) return parsed.data
    throw new BacalhauError(`${method} ${path.split('?')[0]}: ${z.prettifyError(parsed.error)}`, status)
  }

  async #send(method: string, path: string, body: unknown): Promise<{ status: number; text: string }> {
    try {
      const response = await fetch(`${this.url}/api/v1/${path}`, {
        method,
        redirect: 'error',
        signal: AbortSignal.timeout(15_000),
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      })
      const text = await response.text()
      if (text.length > ANSWER_MAX_BYTES) throw new Error('the answer is too long')
      return { status: response.status, text }
    } catch (error) {
      throw new BacalhauError(`${this.url} does not answer: ${describe(error)}`, 0, error)
    }
  }
}

function jobPath(jobId: string): string {
  return `orchestrator/jobs/${encodeURIComponent(jobId)}`
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function readMessage(answer: unknown): string | null {
  const parsed = z.object({ Message: z.string() }).safeParse(answer)
  return parsed.success ? parsed.data.Message : null
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message
}
