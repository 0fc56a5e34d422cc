/** The request of an execution from the blob store, where its record holds it in part. */
import { NO_LOSS } from '../executor/kept-request.ts'
import type { ExecutionRecord } from '../record/record.ts'

/** Content of a blob as text; null where it is not in the store. */
export type ReadBlob = (name: { organizationId: string; sha256: string }) => Promise<string | null>

/** What `requestLoss` says of a part that its blob has whole. */
const HEALED = [
  { part: 'code', loss: 'code truncated' },
  { part: 'input', loss: 'input truncated' },
  { part: 'request', loss: 'request truncated' },
  { part: 'request', loss: 'files left out' },
] as const

/** The record with whole code, input and request, as far as their blobs are in the store. */
export async function withWholeRequest(
  record: ExecutionRecord,
  readBlob: ReadBlob,
): Promise<ExecutionRecord> {
  if (record.requestLoss === null) return record
  const losses = record.requestLoss.split(', ')
  const whole = { ...record }
  for (const { part, loss } of HEALED) {
    const sha256 = record[`${part}Blob`]
    if (sha256 === null || !losses.includes(loss)) continue
    const text = await readBlob({ organizationId: record.organizationId, sha256 })
    if (text === null) continue
    whole[part] = text
    losses.splice(losses.indexOf(loss), 1)
  }
  return { ...whole, requestLoss: losses.length === 0 ? NO_LOSS : losses.join(', ') }
}
