import type { Terminal } from './terminal.ts'
import { visible } from './visible.ts'

export interface Progress {
  /** One step, in a line. */
  report: (line: string) => void
  stop(): void
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const FRAME_MS = 100
const CLEAR_LINE = '\r\u001b[2K'

/** Shows steps as they come; on a terminal the last one turns until the next. Elsewhere each is a plain line. */
export function startProgress(terminal: Terminal): Progress {
  if (!terminal.talkIsTty) return { report: (line) => terminal.say(visible(line)), stop: () => {} }
  let current: string | null = null
  let frame = 0
  const since = performance.now()
  const timer = setInterval(() => {
    if (current === null) return
    frame = (frame + 1) % FRAMES.length
    const seconds = Math.round((performance.now() - since) / 1000)
    terminal.draw(`${CLEAR_LINE}${FRAMES[frame]} ${current} ${terminal.paint('dim', `${seconds} s`, 'talk')}`)
  }, FRAME_MS)
  const settle = (): void => {
    if (current !== null) terminal.draw(`${CLEAR_LINE}${terminal.paint('green', '✔', 'talk')} ${current}\n`)
    current = null
  }
  return {
    report(line) {
      settle()
      current = visible(line)
        .replaceAll('\n', ' ')
        .slice(0, terminal.columns - 10)
    },
    stop() {
      clearInterval(timer)
      settle()
    },
  }
}
