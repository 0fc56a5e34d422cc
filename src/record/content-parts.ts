/** Content of an execution that is read whole, each with a field `…Blob` for where the record holds only a part. */
export const CONTENT_PARTS = ['stdout', 'stderr', 'code', 'input', 'request', 'result'] as const
export type ContentPart = (typeof CONTENT_PARTS)[number]

/** A file of `/out`. */
export interface OutFile {
  path: string
  bytes: number
  sha256: string
}
