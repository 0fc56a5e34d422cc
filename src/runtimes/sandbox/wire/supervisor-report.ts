/** What the supervisor says at the end: how the program ended, what the tree used, the files of /out. */
import type { FileContent } from '../../../execution.ts'
import { outName } from '../../out-name.ts'
import type { BrokenLimit } from '../slots/slot.ts'

export interface SupervisorReport {
  exitCode: number
  /** Number of the signal that ended the program, 0 for none. */
  signal: number
  cpuMs: number
  /** Peak of the largest process, bytes. */
  maxRssBytes: number
  diskFull: boolean
  /** The supervisor ended the program because the executor asked it to. */
  killed: boolean
  /** Peak of the whole tree as far as a look every 50 ms can show; 0 where the slot's group counts. */
  watchedPeakBytes: number
  /** The limit the supervisor itself saw broken. */
  broke: BrokenLimit | null
  /** When the interpreter had ended, or its whole tree where it was killed: ms of the monotonic clock; 0 unknown. */
  endedAt: number
  files: readonly FileContent[]
  /** What lay in /out and is not among `files`, counted up to 100,000: links, too many files or too large ones. */
  outFilesDropped: number
}

const BROKEN: readonly BrokenLimit[] = ['memory', 'pids', 'cpu']

/** Parses the report channel; a string is the supervisor's own trouble, null means it did not get to report. */
export function parseSupervisorReport(bytes: Buffer): SupervisorReport | string | null {
  const files: FileContent[] = []
  let at = 0
  while (at < bytes.length) {
    const end = bytes.indexOf(10, at)
    if (end < 0) return null
    const line = bytes.toString('utf8', at, end)
    const words = line.split(' ')
    at = end + 1
    if (words[0] === 'fault') return line.slice('fault '.length)
    if (words[0] === 'end') return toReport(words.slice(1), files)
    const pathEnd = at + Number(words[1])
    const contentEnd = pathEnd + Number(words[2])
    // Lengths that lead back would be read for ever.
    if (!(pathEnd >= at && contentEnd >= pathEnd)) return null
    files.push(toFile(outName(bytes.subarray(at, pathEnd)), bytes.subarray(pathEnd, contentEnd)))
    at = contentEnd
  }
  return null
}

function toReport(words: readonly string[], files: readonly FileContent[]): SupervisorReport {
  const [
    exitCode = 0,
    signal = 0,
    userUs = 0,
    systemUs = 0,
    maxRssKb = 0,
    full = 0,
    killed = 0,
    watched = 0,
  ] = words.map(Number)
  return {
    exitCode,
    signal,
    cpuMs: (userUs + systemUs) / 1000,
    maxRssBytes: maxRssKb * 1024,
    diskFull: full === 1,
    killed: killed === 1,
    watchedPeakBytes: watched,
    broke: BROKEN.find((limit) => limit === words[8]) ?? null,
    endedAt: Number(words[9] ?? 0) / 1e6,
    files,
    outFilesDropped: Number(words[10] ?? 0),
  }
}

function toFile(path: string, content: Buffer): FileContent {
  const text = content.toString('utf8')
  // A NUL is not what text has, and six bytes in JSON.
  return !content.includes(0) && Buffer.from(text, 'utf8').equals(content)
    ? { path, content: text, encoding: 'utf8' }
    : { path, content: content.toString('base64'), encoding: 'base64' }
}
