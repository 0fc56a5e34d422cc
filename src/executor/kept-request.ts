/** What a record keeps of a request beyond code and input, so that the execution can be repeated. */
import type { StartedRecord } from '../record/record.ts'
import { TEXT_MAX_BYTES } from '../telemetry/safe-values.ts'
import type { RequestBody } from './request-schema.ts'

/** Files with more characters than this are kept only by name and size. */
const FILES_MAX_LENGTH = 49_152
const FILES_NAMED_MAX = 100

export const NO_LOSS = 'none'
const FILES_LEFT_OUT = 'files left out'

/** JSON text of files, network, further limits, rules, schemas and the names of variables, whose values are secret; null without any. */
export function keptRequest(body: RequestBody): string | null {
  return requestText(body, keptFiles(body.files ?? []))
}

/** The same with all files. */
export function wholeRequest(body: RequestBody): string | null {
  return requestText(body, body.files === undefined ? {} : { files: body.files })
}

function requestText(body: RequestBody, files: { files?: Files; filesLeftOut?: unknown }): string | null {
  const { network, policy, inputSchema, outputSchema } = body
  const { timeoutMs: _time, memoryMb: _memory, ...limits } = body.limits ?? {}
  const rest = {
    ...files,
    network: network === 'none' ? undefined : network,
    limits: Object.keys(limits).length === 0 ? undefined : limits,
    policy,
    inputSchema,
    outputSchema,
    env: namesOf(body.env),
  }
  return Object.values(rest).every((part) => part === undefined) ? null : JSON.stringify(rest)
}

type Files = NonNullable<RequestBody['files']>

function keptFiles(files: Files): { files?: Files; filesLeftOut?: unknown } {
  if (files.length === 0) return {}
  const length = files.reduce((sum, { content }) => sum + content.length, 0)
  if (length <= FILES_MAX_LENGTH) return { files }
  const named = files.slice(0, FILES_NAMED_MAX)
  return {
    filesLeftOut: named.map(({ path, content }) => ({ path, bytes: Buffer.byteLength(content) })),
  }
}

function namesOf(env: RequestBody['env']): string[] | undefined {
  const names = Object.keys(env ?? {})
  return names.length === 0 ? undefined : names
}

/** Texts that a replay needs. */
const PARTS = ['code', 'input', 'request'] as const

/**
 * What of a request its record does not keep as it was: `none`, or parts with how they were changed, such as
 * `code truncated, input masked`.
 */
export function requestLoss(given: StartedRecord, kept: StartedRecord): string {
  const losses = PARTS.flatMap((part) => {
    const change = changeOf(given[part], kept[part])
    return change === null ? [] : [`${part} ${change}`]
  })
  if (lacksFiles(given)) losses.push(FILES_LEFT_OUT)
  return losses.length === 0 ? NO_LOSS : losses.join(', ')
}

/** Whether `request` only names the files. */
export function lacksFiles({ request }: Pick<StartedRecord, 'request'>): boolean {
  return request?.startsWith('{"filesLeftOut":') === true
}

function changeOf(given: string | null, kept: string | null): string | null {
  if (given === null) return null
  if (kept === null) return 'not kept'
  if (kept === given) return Buffer.byteLength(kept) > TEXT_MAX_BYTES ? 'truncated' : null
  return given.startsWith(kept) ? 'truncated' : 'masked'
}
