/** Whole content of one execution, where its record holds it in part. */
import { createHash } from 'node:crypto'
import { messageOf } from '../../errors.ts'
import type { ExecutionRecord, StartedRecord } from '../../record/record.ts'
import type { FileContent } from '../../execution.ts'
import type { BlobKind } from '../../blobs/spool/entry.ts'
import { lacksFiles, wholeRequest } from '../kept-request.ts'
import type { OutputCapture } from '../output-capture.ts'
import { secretsOf, type ContentPolicy } from '../redact.ts'
import type { RequestBody } from '../request-schema.ts'
import type { RunReport } from '../run-on-runtime.ts'
import { TEXT_MAX_BYTES } from '../../telemetry/safe-values.ts'
import type { BlobDrafts, Described, Draft } from './blob-drafts.ts'
import { OutputTee } from './output-tee.ts'

const TEXTS = ['code', 'input', 'request', 'result'] as const
const STREAMS = ['stdout', 'stderr'] as const
type Stream = (typeof STREAMS)[number]
type Content = (typeof TEXTS)[number] | Stream | 'files'

export type BlobFields = Pick<ExecutionRecord, `${Content}Blob` | 'requestLoss'>

export interface ExecutionBlobsParts {
  drafts: BlobDrafts
  content: ContentPolicy
  started: StartedRecord
  body: RequestBody
}

/** An execution that has ended. */
export interface Ended {
  /** All of it. */
  record: ExecutionRecord
  /** What the trail keeps of it, before long texts are cut. */
  recorded: ExecutionRecord
  report: RunReport | null
}

export class ExecutionBlobs {
  readonly #parts: ExecutionBlobsParts
  readonly #secrets: readonly string[]
  readonly #tees = new Map<Stream, OutputTee>()
  readonly #drafts = new Map<Stream, Draft>()

  constructor(parts: ExecutionBlobsParts) {
    this.#parts = parts
    this.#secrets = secretsOf(parts.body.env)
  }

  /** What a stream's output goes through before its capture; null where it is not to be kept. */
  tee(stream: Stream, capture: OutputCapture, limitBytes: number): OutputTee | null {
    if (!this.#keeps(stream)) return null
    const tee = new OutputTee(capture, limitBytes, () => {
      const draft = this.#parts.drafts.begin(this.#secretsIn(stream))
      if (draft !== null) this.#drafts.set(stream, draft)
      return draft?.file ?? null
    })
    this.#tees.set(stream, tee)
    return tee
  }

  /** Puts what the record lacks into the spool, and its hashes into both records. Never rejects. */
  addTo(ended: Ended): Promise<void> | undefined {
    const keeping = this.#keep(ended)
    return keeping === null ? undefined : this.#add(keeping, ended)
  }

  async #add(keeping: Promise<Partial<BlobFields>>, { record, recorded }: Ended): Promise<void> {
    try {
      const fields = await keeping
      Object.assign(record, fields)
      Object.assign(recorded, fields)
    } catch (error) {
      this.#parts.drafts.lose(messageOf(error))
    }
  }

  /** Null where nothing is lacking. */
  #keep(ended: Ended): Promise<Partial<BlobFields>> | null {
    const texts = TEXTS.filter((name) => this.#lacksText(name, ended))
    const streams = STREAMS.filter((stream) => this.#lacksOutput(stream, ended))
    const files = this.#keeps('files') ? (ended.report?.exit.files ?? []) : []
    for (const [stream, draft] of this.#drafts)
      if (!streams.includes(stream)) this.#parts.drafts.discard(draft)
    if (texts.length + streams.length + files.length === 0) return null
    return this.#keepAll(ended, { texts, streams, files })
  }

  async #keepAll(
    { record, report }: Ended,
    lacking: {
      texts: readonly (typeof TEXTS)[number][]
      streams: readonly Stream[]
      files: readonly FileContent[]
    },
  ): Promise<Partial<BlobFields>> {
    const fields: Partial<BlobFields> = {}
    for (const stream of lacking.streams) fields[`${stream}Blob`] = await this.#keepOutput(stream, report)
    for (const name of lacking.texts) {
      const text = name === 'request' ? wholeRequest(this.#parts.body) : record[name]
      if (text === null) continue
      const kept = await this.#keepBytes(name, Buffer.from(text))
      fields[`${name}Blob`] = kept?.sha256 ?? null
      if (
        kept !== null &&
        name !== 'result' &&
        createHash('sha256').update(text).digest('hex') !== kept.sha256
      )
        fields.requestLoss = maskedLoss(fields.requestLoss ?? record.requestLoss, name)
    }
    if (lacking.files.length > 0) fields.filesBlob = await this.#keepFiles(lacking.files)
    return fields
  }

  async #keepOutput(stream: Stream, report: RunReport | null): Promise<string | null> {
    if (report === null) return null
    const content = this.#tees.get(stream)?.end() ?? null
    if (content !== null) return (await this.#keepBytes(stream, content))?.sha256 ?? null
    const draft = this.#drafts.get(stream)
    if (draft === undefined) return null
    return (await this.#parts.drafts.end(draft, this.#describe(stream)))?.sha256 ?? null
  }

  /** Each file, and a list of them. */
  async #keepFiles(files: readonly FileContent[]): Promise<string | null> {
    const list = []
    for (const { path, content, encoding } of files) {
      const kept = await this.#keepBytes('file', Buffer.from(content, encoding))
      list.push({ path, bytes: kept?.bytes ?? null, sha256: kept?.sha256 ?? null })
    }
    return (await this.#keepBytes('files', Buffer.from(JSON.stringify(list))))?.sha256 ?? null
  }

  #keepBytes(kind: BlobKind, content: Buffer) {
    return this.#parts.drafts.keep(
      content,
      this.#secretsIn(kind === 'file' ? 'files' : kind),
      this.#describe(kind),
    )
  }

  #describe(kind: BlobKind): Described {
    const { organizationId, executionId, startedAt } = this.#parts.started
    return { organizationId, executionId, startedAt, kind }
  }

  #secretsIn(content: Content): readonly string[] | null {
    return this.#parts.content.mask.includes(content) ? this.#secrets : null
  }

  #keeps(content: Content): boolean {
    return this.#parts.content.keep.includes(content)
  }

  #lacksText(name: (typeof TEXTS)[number], { record, recorded }: Ended): boolean {
    if (!this.#keeps(name)) return false
    return this.#isCut(record[name], recorded[name]) || (name === 'request' && lacksFiles(record))
  }

  #lacksOutput(stream: Stream, { record, recorded, report }: Ended): boolean {
    if (report === null || !this.#keeps(stream)) return false
    return report[stream].truncated || this.#isCut(record[stream], recorded[stream])
  }

  /** Whether the trail cuts a text: at its own bound, or at that of the environment. */
  #isCut(whole: string | null, recorded: string | null): boolean {
    if (whole === null || recorded === null) return false
    const maxLength = this.#parts.content.maxLength ?? Infinity
    if (recorded.length * 3 > TEXT_MAX_BYTES && Buffer.byteLength(recorded) > TEXT_MAX_BYTES) return true
    return recorded.length >= maxLength && whole.length > maxLength
  }
}

/** The whole text is not as it was either. */
function maskedLoss(loss: string | null, name: string): string | null {
  const masked = loss?.replace(`${name} truncated`, `${name} masked`) ?? null
  return name === 'request' ? (masked?.replace('files left out', 'files masked') ?? null) : masked
}
