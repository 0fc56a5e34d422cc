/** The two streams of the command line: data on stdout, messages on stderr. */
import { styleText } from 'node:util'

type Style = 'bold' | 'dim' | 'green' | 'red' | 'yellow' | 'cyan'

export interface Terminal {
  /** Prints data on stdout, followed by a line feed. */
  data(text: string): Promise<void>
  /** Prints one line on stderr. */
  say(text: string): void
  /** Colours text for `data` (stdout) or `say` (stderr) when that stream supports colours. */
  paint(style: Style, text: string, stream: 'stdout' | 'stderr'): string
  /**
   * Calls the listener when the reader of stdout or stderr closes its pipe. Without a listener the process then exits
   * with 141. Returns a function that removes the listener.
   */
  onPipeClosed(listener: () => void): () => void
  /** Columns of stdout; 100 when it is not a terminal. */
  readonly columns: number
}

/** The terminal of this process. `styleText` honours NO_COLOR and needs a TTY for colours. */
export function openTerminal(): Terminal {
  const { stdout, stderr } = process
  const listeners = new Set<() => void>()
  for (const stream of [stdout, stderr]) stream.on('error', (error) => handleError(error, listeners))
  return {
    onPipeClosed(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    data: (text) => write(stdout, `${text}\n`),
    say: (text) => void stderr.write(`${text}\n`),
    paint: (style, text, stream) =>
      styleText(style, text, { stream: stream === 'stdout' ? stdout : stderr, validateStream: true }),
    columns: stdout.columns ?? stderr.columns ?? 100,
  }
}

/** The exit code of a shell for SIGPIPE. */
export const BROKEN_PIPE = 141

/** A closed pipe (`| head`) or a closed window is not an error. */
function handleError(error: NodeJS.ErrnoException, listeners: ReadonlySet<() => void>): void {
  if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error
  if (listeners.size === 0) process.exit(BROKEN_PIPE)
  for (const listener of listeners) listener()
}

/** Waits until the text is written, so that a slow pipe loses nothing at exit. */
function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(error) : resolve()))
  })
}
