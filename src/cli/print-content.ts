/** `exectrail logs ID --full`: whole content of an execution on standard output. */
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Config } from '../config.ts'
import { ExectrailError, InvalidRequestError, isExectrailError } from '../errors.ts'
import { formatBytes } from '../format.ts'
import type { ContentPart } from '../record/content-parts.ts'
import { isUuid } from '../uuid.ts'
import { showProgress, toNode } from './byte-progress.ts'
import type { ServiceClient } from './service-client.ts'
import { escapeControls } from './escape-controls.ts'

interface Asked {
  id: string | undefined
  options: { full?: ContentPart; org?: string | undefined }
  config: Pick<Config, 'ci'>
}

/** The bytes as they are where standard output is a file or a pipe; on a terminal control characters are shown. */
export async function printContent(service: ServiceClient, asked: Asked): Promise<number> {
  const { id, options, config } = asked
  if (id === undefined || !isUuid(id))
    throw new InvalidRequestError([{ path: '--full', message: 'name one execution by its id' }])
  const body = await service.openContent({ id, part: options.full ?? 'stdout', organization: options.org })
  const progress = showProgress(config.ci || process.stdout.isTTY)
  try {
    const content = toNode(body)
    if (process.stdout.isTTY) await pipeline(content, shownControls(), process.stdout, { end: false })
    else await pipeline(content, progress.counter, process.stdout, { end: false })
  } catch (error) {
    if (isExectrailError(error)) throw error
    throw new ExectrailError(
      'blobs_unavailable',
      `the content broke off after ${formatBytes(progress.bytes())}`,
      {
        hint: 'Try again; the log of the service has the reason.',
        cause: error,
      },
    )
  } finally {
    progress.stop()
  }
  return 0
}

function shownControls(): Transform {
  const decoder = new TextDecoder()
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      done(null, escapeControls(decoder.decode(piece, { stream: true })))
    },
    flush(done) {
      done(null, escapeControls(decoder.decode()))
    },
  })
}
