/** Shows the progress of long work: a spinner on a terminal, a line every 15 s elsewhere. */
import ora from 'ora'

const LINE_EVERY_MS = 15_000

export interface Progress {
  /** Says what is being done now, in a few words. */
  stage(text: string): void
}

export interface ProgressOptions {
  title: string
  report: (line: string) => void
  /** A build machine gets lines on a terminal, too. */
  ci: boolean
}

/** Runs `work` while showing `title`, its stage and the seconds gone. */
export async function withProgress<T>(
  { title, report, ci }: ProgressOptions,
  work: (progress: Progress) => Promise<T>,
): Promise<T> {
  const begun = Date.now()
  let stage = ''
  const text = (): string => {
    const seconds = Math.round((Date.now() - begun) / 1000)
    return `${title}: ${stage === '' ? '' : `${stage}, `}${seconds} s`
  }
  const spinner = process.stderr.isTTY && !ci ? ora({ text: title }).start() : null
  if (spinner === null) report(title)
  const tick = setInterval(
    () => {
      if (spinner === null) report(text())
      else spinner.text = text()
    },
    spinner === null ? LINE_EVERY_MS : 1000,
  )
  try {
    return await work({ stage: (now) => (stage = now) })
  } finally {
    clearInterval(tick)
    spinner?.stop()
  }
}
