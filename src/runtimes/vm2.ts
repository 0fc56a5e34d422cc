/** JavaScript and TypeScript in vm2, which runs in a child process of its own inside the host's best sandbox. */
import { checkLocal } from './local/check.ts'
import type { Program } from './interpreter-program.ts'
import { runLocally } from './local/run.ts'
import { addMainHook, mainHook } from './main-hook.ts'
import type { Runtime, RuntimeIo, RuntimeRequest } from './runtime.ts'
import { bundleVm2, cacheVm2 } from './sandbox/guest-files.ts'
import { NODE_FLAGS } from './sandbox/guests.ts'
import { SandboxHost } from './sandbox/host.ts'
import type { LocalOptions } from './sandbox/options.ts'
import { markJavaScript, importedFiles, transpileToScript } from './transpile.ts'

const FILE = 'main.js'
/** What vm2's parser does not take as it is: modules, `using`, the v flag of regular expressions. */
const NEEDS_LOWERING = /\b(?:import|export|using)\b|\/[dgimsuy]*v/

/** Makes the runtime; nothing is started before the first `run` or `check`. */
export function vm2(options: LocalOptions): Runtime {
  const host = new SandboxHost(options, bundleVm2)
  const runner = { host, requireIsolation: options.requireIsolation }
  let caching: Promise<void> | null = null
  return {
    name: 'vm2',
    capabilities: {
      languages: ['javascript', 'typescript'],
      isolation: 'namespace',
      enforces: ['time', 'cpu', 'memory', 'pids', 'output', 'disk', 'files'],
      streaming: true,
      lacks: {
        files: 'the code has the language and no file system',
        'folders in /out': 'the code has the language and no file system',
        modules: 'there is nothing to import but the files given',
        'more modules': 'there is nothing to import but the files given',
        process: 'of `process` there are only `env`, `exit` and `exitCode`',
        Proxy: 'vm2 keeps it from code, which could watch the bridge with it',
        stdin: 'the code has the language and no streams but `console`',
        'unchanged code': 'TypeScript and modules are rewritten, which the text of functions shows',
        'web globals':
          'there are timers, `console`, `structuredClone`, `TextEncoder`, `atob` and `performance`',
      },
    },
    async run(request, io) {
      const exit = await runLocally(runner, request, await prepare(request, io), io)
      if (exit.fault === null) caching ??= cache(host)
      return exit
    },
    check: () => checkLocal(host, 'vm2'),
    async close() {
      await caching
      await host.close()
    },
  }
}

/** After the first run, so that it delays no run; a failure only leaves starts as slow as they are. */
async function cache(host: SandboxHost): Promise<void> {
  try {
    const { files, tools } = await host.support()
    await cacheVm2(files, tools.node, NODE_FLAGS)
  } catch {
    // closed meanwhile, or no room: vm2 is compiled at each start
  }
}

async function prepare(request: RuntimeRequest, io: RuntimeIo): Promise<Program> {
  const typed = request.language === 'typescript'
  const plain = !typed && !NEEDS_LOWERING.test(request.code) && importedFiles(request).length === 0
  const source = typed
    ? ({ fileName: 'main.ts', loader: 'ts' } as const)
    : ({ fileName: FILE, loader: 'js' } as const)
  const hook = mainHook()
  const code = plain
    ? await markJavaScript(request, request.code, hook, io)
    : await transpileToScript(request, source, hook, io)
  const callsMain = 'code' in code && code.callsMain === true
  return {
    guest: 'vm2',
    file: FILE,
    code: 'code' in code ? { code: addMainHook(code.code, hook) } : code,
    head: (nonce) => JSON.stringify({ nonce, env: request.env, file: FILE, hook, callsMain }),
  }
}
