/** A Collector that can be started, whatever it is: an executable or a container. */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { lastLine } from '../executables.ts'
import { COLLECTOR_DIRECTORY } from './artifact.ts'

/** One start of the Collector. */
interface CollectorUse {
  /** Names of files in `otel-collector/`; later ones are merged over earlier ones. */
  fragments: readonly string[]
  env: Readonly<Record<string, string>>
  queueDirectory: string
}

interface CollectorCommand {
  command: string
  args: readonly string[]
  env: Readonly<Record<string, string>>
}

export interface CollectorProgram {
  /** What it is, for a person. */
  readonly origin: string
  command(use: CollectorUse): CollectorCommand
}

const ALL_FRAGMENTS = ['config.yaml', 'signoz.yaml', 'signoz-cloud.yaml', 'token.yaml']

/** The `--config` arguments of fragments found in `directory`. */
export function configArguments(fragments: readonly string[], directory: string): string[] {
  return fragments.flatMap((fragment) => ['--config', join(directory, fragment)])
}

/** An executable of this machine. */
export function executable(path: string, origin: string): CollectorProgram {
  return {
    origin,
    command: (use) => ({
      command: path,
      args: configArguments(use.fragments, COLLECTOR_DIRECTORY),
      env: { ...use.env, QUEUE_DIRECTORY: use.queueDirectory },
    }),
  }
}

/**
 * Has the program itself check the configuration with every fragment, which rejects one without the needed
 * components, or of a release that names them differently, before it is started.
 * @throws Error with the program's last line of output.
 */
export async function checkProgram(program: CollectorProgram): Promise<CollectorProgram> {
  const { command, args, env } = program.command({
    fragments: ALL_FRAGMENTS,
    env: { OTLP_TOKEN: 'probe', SIGNOZ_OTLP_ENDPOINT: 'http://127.0.0.1', SIGNOZ_INGESTION_KEY: 'probe' },
    queueDirectory: tmpdir(),
  })
  const at = args.indexOf('--config')
  const checked = await execa(command, [...args.slice(0, at), 'validate', ...args.slice(at)], {
    env,
    extendEnv: false,
    reject: false,
    timeout: 300_000,
  })
  if (checked.failed) throw new Error(lastLine(checked.stderr) ?? checked.shortMessage ?? 'it failed')
  return program
}
