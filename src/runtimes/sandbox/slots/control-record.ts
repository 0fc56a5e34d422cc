/** What is written to a slot. */

/** How a run is started: `fork` is the request to the slot's fork server, empty where only `command` is used. */
export interface Launch {
  command: readonly string[]
  /** Path of the filter for fd 9, '' for none. */
  seccomp: string
  fork: readonly string[]
}

/** Limits of the whole tree; null means none. */
export interface TreeLimits {
  memoryBytes: number | null
  pids: number | null
}

/** A launch within limits as the slot takes it, for as many runs as are started alike. */
export function encodeLaunch({ command, seccomp, fork }: Launch, { memoryBytes, pids }: TreeLimits): Buffer {
  const limits = [memoryBytes ?? 0, pids ?? 0].map(String)
  return encodeRecord(['start', ...limits, seccomp, String(fork.length), ...fork, ...command])
}

/** `LENGTH\n` and the fields joined by NUL. */
export function encodeRecord(fields: readonly string[]): Buffer {
  const record = Buffer.from(fields.join('\0'), 'utf8')
  return Buffer.concat([Buffer.from(`${record.length}\n`), record])
}
