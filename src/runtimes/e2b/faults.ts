/** The provider's errors: what each class means for a run and for a sandbox, in the provider's own words. */
import type { Limit } from '../../execution.ts'
import type { RuntimeFault } from '../runtime.ts'
import type { Sdk } from './sdk.ts'

/** What an error of the SDK or the network means. */
export interface ProviderFault {
  kind: RuntimeFault['kind']
  /** Class, HTTP status and text as the provider gave them. */
  message: string
  /** Set where the error is evidence of a limit of the sandbox. */
  limit: Limit | null
  /** `refused`: nothing was created; `unknown`: a sandbox may exist all the same. */
  creation: 'refused' | 'unknown'
  /** `gone`: there is no such sandbox any more; `silent`: it does not answer. */
  sandbox: 'gone' | 'silent' | 'unknown'
}

type Meaning = Partial<Omit<ProviderFault, 'message'>> & { advice?: string }

/** By class, the most special first; a class of the SDK that is not here is a `SandboxError` or a bug of ours. */
function meanings(sdk: Sdk): readonly (readonly [abstract new (...given: never[]) => Error, Meaning])[] {
  const unavailable = { kind: 'runtime_unavailable', creation: 'refused' } as const
  return [
    [sdk.AuthenticationError, { ...unavailable, advice: 'check E2B_API_KEY' }],
    [sdk.RateLimitError, { ...unavailable, advice: 'try again later, or run fewer at once' }],
    [sdk.ServiceBusyError, { ...unavailable, advice: 'try again later' }],
    [sdk.TemplateError, { ...unavailable, advice: 'rebuild the template' }],
    [sdk.NotEnoughSpaceError, { limit: 'disk' }],
    [sdk.SandboxNotFoundError, { sandbox: 'gone' }],
    [sdk.NotFoundError, {}],
    [sdk.TimeoutError, { sandbox: 'silent' }],
    [sdk.CommandExitError, {}],
    [sdk.InvalidArgumentError, { creation: 'refused' }],
  ]
}

/** Reads an error met while a sandbox was asked for (`create`) or used (`run`). */
export function readFault(sdk: Sdk, error: unknown, during: 'create' | 'run'): ProviderFault {
  const meaning = meanings(sdk).find(([type]) => error instanceof type)?.[1] ?? readOther(sdk, error, during)
  const { advice, ...rest } = meaning
  const words = describe(sdk, error)
  return {
    kind: during === 'create' ? 'runtime_unavailable' : 'runtime_error',
    limit: null,
    creation: 'unknown',
    sandbox: 'unknown',
    ...rest,
    message: advice === undefined ? words : `${words} (${advice})`,
  }
}

/** An API answer without a class of its own, by its status; or the network's trouble, by its code. */
function readOther(sdk: Sdk, error: unknown, during: 'create' | 'run'): Meaning {
  if (error instanceof sdk.SandboxError) {
    const status = error.statusCode ?? 0
    if (during === 'run' || status < 400 || status >= 500) return {}
    return { kind: 'runtime_unavailable', creation: 'refused' }
  }
  const code = networkCode(error)
  return code === 'ECONNREFUSED' || code === 'ENOTFOUND' ? { creation: 'refused' } : {}
}

function networkCode(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && 'code' in cause ? String(cause.code) : ''
}

function describe(sdk: Sdk, error: unknown): string {
  if (!(error instanceof Error)) return `E2B: ${String(error)}`
  const status =
    error instanceof sdk.SandboxError || error instanceof sdk.ServiceBusyError ? error.statusCode : undefined
  const cause = error.cause instanceof Error ? `: ${error.cause.message || networkCode(error)}` : ''
  return `E2B ${error.name}${status === undefined ? '' : ` (${status})`}: ${error.message}${cause}`
}
