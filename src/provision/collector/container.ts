/** The official container image, where a container engine answers. */
import { createHash } from 'node:crypto'
import { execa } from 'execa'
import { COLLECTOR_DIRECTORY } from './artifact.ts'
import { configArguments, type CollectorProgram } from './program.ts'

const CONFIG_DIRECTORY = '/etc/exectrail'
const QUEUE_DIRECTORY = '/var/lib/otelcol/queue'

/** Removes what a killed client left running, then becomes the client. $1 is the container's name. */
const REPLACE =
  'name=$1; shift; docker rm --force "$name" >/dev/null 2>&1; exec docker run --name "$name" "$@"'

/** Version of the engine behind the docker client on `path`. @throws Error where none answers. */
export async function findEngine(path: string): Promise<string> {
  const answer = await execa('docker', ['version', '--format', '{{.Server.Version}}'], {
    env: { PATH: path },
    reject: false,
    timeout: 10_000,
  })
  if (answer.failed) throw new Error('no container engine answers')
  return answer.stdout.trim()
}

/** The image of `version`, run on the host's network as the calling user. */
export function containerProgram(version: string, path: string): CollectorProgram {
  return {
    origin: `container image otel/opentelemetry-collector-contrib:${version}`,
    command(use) {
      const env = { ...use.env, QUEUE_DIRECTORY }
      const name = `exectrail-${createHash('sha256').update(use.queueDirectory).digest('hex').slice(0, 12)}`
      const user = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`
      const options = [
        '--rm',
        '--network=host',
        `--user=${user}`,
        `--volume=${COLLECTOR_DIRECTORY}:${CONFIG_DIRECTORY}:ro`,
        `--volume=${use.queueDirectory}:${QUEUE_DIRECTORY}`,
        // Names only: the values come from the client's environment and show in no process list.
        ...Object.keys(env).map((variable) => `--env=${variable}`),
      ]
      const image = `otel/opentelemetry-collector-contrib:${version}`
      const run = [...options, image, ...configArguments(use.fragments, CONFIG_DIRECTORY)]
      return { command: '/bin/sh', args: ['-c', REPLACE, 'sh', name, ...run], env: { ...env, PATH: path } }
    },
  }
}
