/** `OTEL_LOG_LEVEL` on the command line: what OpenTelemetry's parts and the sender say, on stderr. */
import { inspect } from 'node:util'
import { diag, DiagLogLevel } from '@opentelemetry/api'
import type { Config } from '../config.ts'
import { ConfigError } from '../errors.ts'
import { escapeControls } from './escape-controls.ts'
import type { Terminal } from './terminal.ts'

const LEVELS = new Map<string, DiagLogLevel>([
  ['none', DiagLogLevel.NONE],
  ['error', DiagLogLevel.ERROR],
  ['warn', DiagLogLevel.WARN],
  ['info', DiagLogLevel.INFO],
  ['debug', DiagLogLevel.DEBUG],
  ['verbose', DiagLogLevel.VERBOSE],
  ['all', DiagLogLevel.ALL],
])

/** @throws {ConfigError} for a level that does not exist */
export function showDiagnostics({ logLevel }: Config, terminal: Terminal): void {
  if (logLevel === null) return
  const level = LEVELS.get(logLevel.toLowerCase())
  if (level === undefined)
    throw new ConfigError([
      { path: 'OTEL_LOG_LEVEL', message: `write one of ${[...LEVELS.keys()].join(', ')}` },
    ])
  const say = (message: string, ...more: unknown[]): void =>
    terminal.say(escapeControls([message, ...more.map((one) => inspect(one))].join(' ')))
  diag.setLogger({ error: say, warn: say, info: say, debug: say, verbose: say }, { logLevel: level })
}
