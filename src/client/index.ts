/** `exectrail/client`: the service's operations, typed. Needs only `fetch`: browsers, Node, Deno, edge. */
import { streamEvents } from './events.ts'
import { ROUTES, toRequest } from './operations.ts'
import { open, pause, send, type CallOptions, type ClientOptions, type ServiceRequest } from './transport.ts'
import type { ContentInput, OutFileInput } from './content.ts'
import type {
  AnyExecution,
  ExecutionInput,
  ExportInput,
  LiveEvent,
  LiveInput,
  Operations,
  OutputEvent,
  AnyRunInput,
} from './types.ts'

export { paginate } from './paginate.ts'
export { ProblemError, type Problem, type ProblemCode } from './problem-error.ts'
export type * from './content.ts'
export type * from './types.ts'
export type { CallOptions, ClientOptions, QueryInput, ServiceRequest } from './transport.ts'

type Name = keyof Operations
/** An input without required members may be left out. */
type Input<Of extends Name> = Operations[Of]['input']
type Call<Of extends Name> =
  {} extends Input<Of>
    ? (input?: Input<Of>, options?: CallOptions) => Promise<Operations[Of]['reply']>
    : (input: Input<Of>, options?: CallOptions) => Promise<Operations[Of]['reply']>

interface ResumeOptions extends Omit<CallOptions, 'timeoutMs'> {
  /** `id` of the last event that was seen. */
  lastEventId?: string | undefined
}

/** Each operation as a method; all throw `ProblemError`. */
export type Client = { readonly [Of in Name]: Call<Of> } & {
  /** Waits until an execution has ended. `timeoutMs` bounds each request, the signal all of them. */
  readonly waitForExecution: (
    input: ExecutionInput,
    options?: CallOptions,
  ) => Promise<Extract<AnyExecution, { phase?: undefined }>>
  /** The output of an execution while it runs, until its end. */
  readonly streamOutput: (
    input: ExecutionInput,
    options?: ResumeOptions,
  ) => AsyncGenerator<OutputEvent, void, undefined>
  /** Executions as they start and end, without end: leave the loop, or abort the signal. */
  readonly streamLive: (
    input?: LiveInput,
    options?: ResumeOptions,
  ) => AsyncGenerator<LiveEvent, void, undefined>
  /** A file of every matching execution. It is complete only if reading it to its end throws nothing. */
  readonly exportExecutions: (
    input?: ExportInput,
    options?: CallOptions,
  ) => Promise<ReadableStream<Uint8Array>>
  /** Whole output, code, input or result. It is complete only if reading it to its end throws nothing. */
  readonly openContent: (input: ContentInput, options?: CallOptions) => Promise<ReadableStream<Uint8Array>>
  /** A file of `/out`. */
  readonly openOutFile: (input: OutFileInput, options?: CallOptions) => Promise<ReadableStream<Uint8Array>>
  /** Prometheus text. */
  readonly getMetrics: (input?: {}, options?: CallOptions) => Promise<string>
  /** Any request, for what has no method. */
  readonly request: <T>(request: ServiceRequest, options?: CallOptions) => Promise<T>
}

/** A client of the service at `url`. It holds nothing that has to be closed. */
export function createClient(options: ClientOptions): Client {
  const request: Send = (asked, call) => send(options, asked, call)
  const call =
    (name: Name) =>
    async (input: object = {}, given: CallOptions = {}): Promise<unknown> =>
      request(toRequest(name, { ...input }), given)
  const names = Object.keys(ROUTES).filter((name): name is Name => Object.hasOwn(ROUTES, name))
  const methods = Object.fromEntries(names.map((name) => [name, call(name)]))
  const own = {
    ...running(request, options.timeoutMs),
    waitForExecution: waiting((input, given) => request(toRequest('getExecution', { ...input }), given)),
    streamOutput: (input: ExecutionInput, given: ResumeOptions = {}) => {
      const { path, query } = toRequest('getExecution', { ...input })
      const output = { method: 'GET', path: `${path}/output`, query } as const
      return streamEvents(options, output, { ...given, isLast: ({ event }) => event === 'end' })
    },
    streamLive: (query: LiveInput = {}, given: ResumeOptions = {}) =>
      streamEvents(options, { method: 'GET', path: '/v1/live', query: { ...query } }, given),
    exportExecutions: (query: ExportInput = {}, given: CallOptions = {}) =>
      openFile(options, { method: 'GET', path: '/v1/executions/export', query: { ...query } }, given),
    openContent: ({ part, ...input }: ContentInput, given: CallOptions = {}) => {
      const { path, query } = toRequest('getExecution', { ...input })
      return openFile(options, { method: 'GET', path: `${path}/${part}`, query }, given)
    },
    openOutFile: ({ path: file, ...input }: OutFileInput, given: CallOptions = {}) => {
      const { path, query } = toRequest('listOutFiles', { ...input })
      return openFile(
        options,
        { method: 'GET', path: `${path}/content`, query: { ...query, path: file } },
        given,
      )
    },
    getMetrics: (_input?: object, given?: CallOptions) =>
      send<string>({ ...options, parse: (text) => text }, { method: 'GET', path: '/metrics' }, given),
    request,
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- one method of each name, by the table
  return { ...methods, ...own } as unknown as Client
}

/** Once: what was read cannot be taken back. */
async function openFile(
  client: ClientOptions,
  request: ServiceRequest,
  options: CallOptions,
): Promise<ReadableStream<Uint8Array>> {
  const { body } = await open(client, request, { ...options, headers: { ...options.headers, Accept: '*/*' } })
  return body ?? new ReadableStream()
}

const TIME_LIMIT_MS = 30_000
const BESIDE_MS = 60_000
/** An agent has a limit of its own, which is not known here. */
const AGENT_LIMIT_MS = 600_000

type Send = <T>(asked: ServiceRequest, call?: CallOptions) => Promise<T>

/** The methods that run code. */
function running(request: Send, timeoutMs: number | undefined) {
  const begin =
    (name: 'startCode' | 'startReplay') =>
    (input: object, given: CallOptions = {}): Promise<unknown> =>
      request(toRequest(name, withKey(input)), {
        ...given,
        headers: { ...given.headers, Prefer: 'respond-async' },
      })
  return {
    runCode: (input: AnyRunInput, given: CallOptions = {}): Promise<unknown> =>
      request(toRequest('runCode', withKey(input)), {
        ...given,
        timeoutMs:
          given.timeoutMs ?? timeoutMs ?? (input.limits?.timeoutMs ?? defaultLimitMs(input)) + BESIDE_MS,
      }),
    startCode: begin('startCode'),
    startReplay: begin('startReplay'),
  }
}

function defaultLimitMs(input: AnyRunInput): number {
  return 'agent' in input ? AGENT_LIMIT_MS : TIME_LIMIT_MS
}

/** With a key of its own, so that a lost reply can be asked for again. */
function withKey(input: object): Readonly<Record<string, unknown>> {
  return { idempotencyKey: crypto.randomUUID(), ...input }
}

const POLL_MS = 500

function waiting(
  get: (input: ExecutionInput, options?: CallOptions) => Promise<AnyExecution>,
): Client['waitForExecution'] {
  return async (input, options) => {
    for (;;) {
      const found = await get(input, options)
      if (found.phase === undefined) return found
      await pause(POLL_MS, options?.signal ?? new AbortController().signal)
    }
  }
}
