/** `exectrail export`: every matching execution as a file, from the running service. */
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { extname } from 'node:path'
import type { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { loadConfig } from '../../config.ts'
import { ExectrailError, InvalidRequestError, isExectrailError } from '../../errors.ts'
import { formatBytes } from '../../format.ts'
import { EXPORT_FORMATS, type ExportFormat } from '../../service/export-executions.ts'
import { showProgress, toNode } from '../byte-progress.ts'
import { escapeControls, toJson } from '../escape-controls.ts'
import { toFilterQuery, type FilterOptions } from '../filter-options.ts'
import { findService } from '../service-client.ts'
import type { Terminal } from '../terminal.ts'

export interface ExportOptions extends FilterOptions {
  format?: ExportFormat
  out?: string
  fields?: string
  json?: true
}

const BY_EXTENSION: Readonly<Record<string, ExportFormat>> = {
  '.csv': 'csv',
  '.parquet': 'parquet',
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
}

/** Writes the file, which appears when it is complete. */
export async function exportFile(options: ExportOptions, terminal: Terminal): Promise<number> {
  const { out, fields } = options
  const format = options.format ?? BY_EXTENSION[extname(out ?? '').toLowerCase()] ?? EXPORT_FORMATS[0]
  rejectUnsuitable(options, format)
  const config = loadConfig()
  const service = await findService(config)
  const query = { ...toFilterQuery(options, Date.now()), format, fields: fields?.split(',') }
  const body = await service.exportExecutions(query)
  const progress = showProgress(config.ci)
  try {
    if (out === undefined) await pipeline(toNode(body), progress.counter, process.stdout, { end: false })
    else await writeWhole(toNode(body), progress.counter, out)
  } catch (error) {
    throw brokenOff(error, out, progress.bytes())
  } finally {
    progress.stop()
  }
  const bytes = progress.bytes()
  if (options.json) await terminal.data(toJson({ file: out, format, bytes }))
  terminal.say(
    `${formatBytes(bytes)} of ${format} ${out === undefined ? 'written' : `in ${escapeControls(out)}`}`,
  )
  return 0
}

function rejectUnsuitable({ json, out }: ExportOptions, format: ExportFormat): void {
  if (json && out === undefined)
    throw new InvalidRequestError([
      { path: '--json', message: 'needs --out, as standard output has the rows' },
    ])
  if (format === 'parquet' && out === undefined && process.stdout.isTTY)
    throw new InvalidRequestError([
      { path: '--out', message: 'Parquet is binary: name a file, or use a pipe' },
    ])
}

/** The file has its name only when all of it is there. */
async function writeWhole(body: Readable, counter: Transform, out: string): Promise<void> {
  const part = `${out}.part`
  try {
    await pipeline(body, counter, createWriteStream(part))
    await rename(part, out)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}

function brokenOff(error: unknown, out: string | undefined, bytes: number): unknown {
  if (isExectrailError(error)) return error
  const isFile = error instanceof Error && 'syscall' in error && 'path' in error
  if (isFile) return new InvalidRequestError([{ path: '--out', message: error.message }])
  return new ExectrailError(
    'store_unavailable',
    `the export broke off after ${formatBytes(bytes)}${out === undefined ? '' : `; ${out} was not written`}`,
    { hint: 'Try again, or narrow the window; `exectrail doctor` says which part is down.', cause: error },
  )
}
