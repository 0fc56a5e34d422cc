/** Bounds a multipart form before it is parsed: the parser runs on the event loop and takes long for many parts or headers. */
import { HttpError } from './exceptions.ts'

const MAX_PARTS = 1_000
const MAX_PART_HEADER_BYTES = 16_384
/** As RFC 2046 has it. */
const BOUNDARY = /;\s{0,9}boundary=(?:"(?<quoted>[^"]{1,70})"|(?<plain>[^\s;"]{1,70}))/iu

/** @throws {HttpError} 400 for a form without a boundary or with longer headers, 413 for too many parts */
export function checkForm(body: Buffer, contentType: string): void {
  const { plain, quoted } = BOUNDARY.exec(contentType)?.groups ?? {}
  const boundary = quoted ?? plain
  if (boundary === undefined)
    throw new HttpError(400, 'A multipart form has a boundary of 1 to 70 characters in its Content-Type')
  const mark = Buffer.from(`--${boundary}`, 'latin1')
  let parts = 0
  for (let at = body.indexOf(mark); at !== -1; at = body.indexOf(mark, at + mark.length)) {
    parts += 1
    if (parts > MAX_PARTS)
      throw new HttpError(413, `A form has at most ${MAX_PARTS} parts; this one has more`)
    checkHeader(body.subarray(at + mark.length, at + mark.length + MAX_PART_HEADER_BYTES))
  }
}

function checkHeader(start: Buffer): void {
  const isTooLong = start.length === MAX_PART_HEADER_BYTES && !start.includes('\r\n\r\n')
  if (isTooLong) throw new HttpError(400, `The header of a part has at most ${MAX_PART_HEADER_BYTES} bytes`)
}
