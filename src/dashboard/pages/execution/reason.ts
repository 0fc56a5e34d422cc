/** Why an execution ended as it did, in a sentence. */
import { formatBytes, formatMs } from '../../../format.ts'
import type { ErrorType, ExecutionRecord } from '../../../execution.ts'

type Explained = Pick<
  ExecutionRecord,
  | 'errorType'
  | 'exitCode'
  | 'signal'
  | 'limitTimeoutMs'
  | 'limitMemoryBytes'
  | 'runtime'
  | 'language'
  | 'outcome'
>

const SENTENCES: Readonly<Record<ErrorType, (record: Explained) => string>> = {
  exception: () => 'The code threw an error.',
  exit_code: ({ exitCode, signal }) =>
    exitCode === null
      ? `The program was ended by ${signal ?? 'a signal'}.`
      : `The program exited with code ${exitCode}.`,
  syntax_error: ({ language }) => `The code is no valid ${language}.`,
  validation_input: () => 'The input does not match its schema; the code did not run.',
  validation_output: () => 'The result does not match its schema.',
  policy: () => 'A rule of the request forbids the code; it did not run.',
  timeout: ({ limitTimeoutMs }) => `The run took longer than its time limit of ${formatMs(limitTimeoutMs)}.`,
  memory_limit: ({ limitMemoryBytes }) =>
    `The program needed more than its memory limit${limitMemoryBytes === null ? '' : ` of ${formatBytes(limitMemoryBytes)}`}.`,
  cpu_limit: () => 'The program used more processor time than its limit.',
  pids_limit: () => 'The program started more processes than its limit.',
  output_limit: () => 'The program printed or returned more than its limit.',
  disk_limit: () => 'The program wrote more to disk than its limit.',
  cancelled: () => 'It was cancelled before it ended.',
  runtime_unavailable: ({ runtime }) => `${runtime} is not available on this host.`,
  runtime_error: ({ runtime }) => `${runtime} failed, not the code.`,
  executor_crashed: () => 'The executor ended before the run did; how the run ended is not known.',
}

export function reasonOf(record: Explained): string {
  if (record.errorType !== null) return SENTENCES[record.errorType](record)
  return record.outcome === 'success' ? 'The run succeeded.' : `The run ended as ${record.outcome}.`
}
