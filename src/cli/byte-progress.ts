/** A body on its way to a file or a terminal, with the bytes so far. */
import { Readable, Transform } from 'node:stream'
import ora from 'ora'
import { formatBytes } from '../format.ts'

const SHOWN_EVERY_MS = 200

export function toNode(body: ReadableStream<Uint8Array>): Readable {
  return Readable.fromWeb(body)
}

interface Progress {
  counter: Transform
  bytes: () => number
  stop: () => void
}

/** Counts the bytes, and shows the number on a terminal. */
export function showProgress(isQuiet: boolean): Progress {
  let bytes = 0
  const spinner = ora({ isSilent: isQuiet || !process.stderr.isTTY, discardStdin: false }).start('0 B')
  const timer = setInterval(() => {
    spinner.text = formatBytes(bytes)
  }, SHOWN_EVERY_MS)
  return {
    counter: new Transform({
      transform(piece: Buffer, _encoding, done) {
        bytes += piece.length
        done(null, piece)
      },
    }),
    bytes: () => bytes,
    stop() {
      clearInterval(timer)
      spinner.stop()
    },
  }
}
