/** JavaScript, TypeScript, Python and bash, each in a child process inside the host's best sandbox. */
import { prepareProgram } from './interpreter-program.ts'
import { runLocally } from './local/run.ts'
import { checkLocal } from './local/check.ts'
import type { Runtime } from './runtime.ts'
import { SandboxHost } from './sandbox/host.ts'
import type { LocalOptions } from './sandbox/options.ts'

/** Makes the runtime; nothing is started before the first `run` or `check`. */
export function subprocess(options: LocalOptions): Runtime {
  const host = new SandboxHost(options)
  const runner = { host, requireIsolation: options.requireIsolation }
  return {
    name: 'subprocess',
    capabilities: {
      languages: ['javascript', 'typescript', 'python', 'bash'],
      isolation: 'namespace',
      enforces: ['time', 'cpu', 'memory', 'pids', 'output', 'disk', 'files'],
      streaming: true,
    },
    async run(request, io) {
      // Detected while the code is compiled; what is missing is reported when it is needed.
      if (request.language === 'typescript') host.support().catch(() => undefined)
      return runLocally(runner, request, await prepareProgram(request, io), io)
    },
    check: () => checkLocal(host, 'subprocess'),
    close: () => host.close(),
  }
}
