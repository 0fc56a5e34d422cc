/** `exectrail/client`: the service's operations, typed. Needs `fetch` alone: browsers, Node, Deno, edge. */
import { ROUTES, toRequest } from './operations.ts'
import { send, type CallOptions, type ClientOptions, type ServiceRequest } from './transport.ts'
import type { Operations, RunInput } from './types.ts'

export { paginate } from './paginate.ts'
export { ProblemError, type Problem, type ProblemCode } from './problem-error.ts'
export type * from './types.ts'
export type { CallOptions, ClientOptions, QueryInput, ServiceRequest } from './transport.ts'

type Name = keyof Operations
/** An input without required members may be left out. */
type Input<Of extends Name> = Operations[Of]['input']
type Call<Of extends Name> =
  {} extends Input<Of>
    ? (input?: Input<Of>, options?: CallOptions) => Promise<Operations[Of]['reply']>
    : (input: Input<Of>, options?: CallOptions) => Promise<Operations[Of]['reply']>

/** Each operation as a method; all throw `ProblemError`. */
export type Client = { readonly [Of in Name]: Call<Of> } & {
  /** Any request, for what has no method. */
  readonly request: <T>(request: ServiceRequest, options?: CallOptions) => Promise<T>
}

/** A client of the service at `url`. It holds nothing that has to be closed. */
export function createClient(options: ClientOptions): Client {
  const request = <T>(asked: ServiceRequest, call?: CallOptions): Promise<T> => send<T>(options, asked, call)
  const call = (name: Name) =>
    name === 'runCode'
      ? (input: RunInput, given?: CallOptions) =>
          run(request, input, { timeoutMs: options.timeoutMs, ...given })
      : async (input: object = {}, given?: CallOptions) => request(toRequest(name, { ...input }), given)
  const names = Object.keys(ROUTES).filter((name): name is Name => Object.hasOwn(ROUTES, name))
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- one method of each name, by the table
  return Object.fromEntries([...names.map((name) => [name, call(name)]), ['request', request]]) as Client
}

const TIME_LIMIT_MS = 30_000
const BESIDE_MS = 60_000

/** With a key of its own, so that a lost reply can be asked for again. */
async function run(
  request: Client['request'],
  input: RunInput,
  options: CallOptions,
): Promise<Operations['runCode']['reply']> {
  const timeoutMs = options.timeoutMs ?? (input.limits?.timeoutMs ?? TIME_LIMIT_MS) + BESIDE_MS
  const keyed = { idempotencyKey: crypto.randomUUID(), ...input }
  return request(toRequest('runCode', keyed), { ...options, timeoutMs })
}
