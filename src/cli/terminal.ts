/** The two streams of the command line: data on stdout, talk on stderr. */
import { styleText } from 'node:util'

type Style = 'bold' | 'dim' | 'green' | 'red' | 'yellow' | 'cyan'

export interface Terminal {
  /** One piece of data, with a line feed after it. */
  data(text: string): Promise<void>
  /** One line of talk. */
  say(text: string): void
  /** Colours text meant for `data` or `say`, where that stream takes colours. */
  paint(style: Style, text: string, stream: 'data' | 'talk'): string
  /**
   * Has `leave` called, in place of an end at once with 141, when nobody reads stdout or stderr any more. What
   * it gives back takes that back.
   */
  onReaderGone(leave: () => void): () => void
  /** Columns of stdout; 100 where it is no terminal. */
  readonly columns: number
}

/** The terminal of this process. Colours need a TTY and no NO_COLOR; `styleText` sees to both. */
export function openTerminal(): Terminal {
  const { stdout, stderr } = process
  const leavers = new Set<() => void>()
  for (const stream of [stdout, stderr]) stream.on('error', (error) => takeError(error, leavers))
  return {
    onReaderGone(leave) {
      leavers.add(leave)
      return () => void leavers.delete(leave)
    },
    data: (text) => write(stdout, `${text}\n`),
    say: (text) => void stderr.write(`${text}\n`),
    paint: (style, text, stream) =>
      styleText(style, text, { stream: stream === 'data' ? stdout : stderr, validateStream: true }),
    columns: stdout.columns ?? stderr.columns ?? 100,
  }
}

/** As the shell tells of SIGPIPE. */
export const BROKEN_PIPE = 141

/** A reader that has seen enough (`| head`) is no fault, nor is a window that was closed. */
function takeError(error: NodeJS.ErrnoException, leavers: ReadonlySet<() => void>): void {
  if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error
  if (leavers.size === 0) process.exit(BROKEN_PIPE)
  for (const leave of leavers) leave()
}

/** Writes and waits until the reader took it, so that a slow pipe loses nothing at exit. */
function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(error) : resolve()))
  })
}
