/** Reads the supervisor's report from its channel. */
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { parseSupervisorReport, type SupervisorReport } from './supervisor-report.ts'

const REPORT_MAX_BYTES = 67_108_864
/** A report of this size is looked at whenever more of it comes, so that its end is not waited for. */
const SMALL_BYTES = 65_536
const NEW_LINE = 10

/** The report, as soon as it is whole, or what has come when the channel closes; see `parseSupervisorReport`. */
export async function readReport(channel: Socket): Promise<SupervisorReport | string | null> {
  const chunks: Buffer[] = []
  const whole = Promise.withResolvers<'whole'>()
  let report: SupervisorReport | string | null = null
  let size = 0
  channel.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size <= REPORT_MAX_BYTES) chunks.push(chunk)
    if (size > SMALL_BYTES || chunk.at(-1) !== NEW_LINE) return
    report = parseSupervisorReport(Buffer.concat(chunks))
    if (report !== null) whole.resolve('whole')
  })
  if (!channel.closed) await Promise.race([whole.promise, once(channel, 'close')])
  return report ?? parseSupervisorReport(Buffer.concat(chunks))
}
