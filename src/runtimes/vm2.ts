/** JavaScript and TypeScript in vm2, which runs in a child process of its own inside the host's best sandbox. */
import { checkLocal } from './local-check.ts'
import { runLocally, type Program } from './local-run.ts'
import type { Runtime, RuntimeRequest } from './runtime.ts'
import { SandboxHost, type LocalOptions } from './sandbox/host.ts'
import { transpileToScript } from './transpile.ts'

const FILE = 'main.js'
/** What vm2's parser does not take as it is: modules, `using`, the v flag of regular expressions. */
const NEEDS_LOWERING = /\b(?:import|export|using)\b|\/[dgimsuy]*v/

/** Makes the runtime; nothing is started before the first `run` or `check`. */
export function vm2(options: LocalOptions): Runtime {
  const host = new SandboxHost(options)
  return {
    name: 'vm2',
    capabilities: {
      languages: ['javascript', 'typescript'],
      isolation: 'namespace',
      enforces: ['time', 'cpu', 'memory', 'pids', 'output', 'disk', 'files'],
      streaming: true,
    },
    run: async (request, io) => runLocally(host, options, request, await prepare(request), io),
    check: () => checkLocal(host, options, 'vm2'),
    close: () => host.close(),
  }
}

async function prepare(request: RuntimeRequest): Promise<Program> {
  const typed = request.language === 'typescript'
  const plain = !typed && !NEEDS_LOWERING.test(request.code)
  return {
    guest: 'vm2',
    file: FILE,
    code: plain
      ? { code: request.code }
      : await transpileToScript(request.code, typed ? 'main.ts' : FILE, typed ? 'ts' : 'js'),
    head: (nonce) => JSON.stringify({ nonce, env: request.env, file: FILE }),
  }
}
