/** JavaScript, TypeScript, Python and bash, each in a child process inside the host's best sandbox. */
import { randomBytes } from 'node:crypto'
import type { Language } from '../execution.ts'
import { runLocally, type Program } from './local-run.ts'
import { bashHead } from './bash-head.ts'
import { checkLocal } from './local-check.ts'
import type { Runtime, RuntimeIo, RuntimeRequest } from './runtime.ts'
import { SandboxHost, type LocalOptions } from './sandbox/host.ts'
import { transpile } from './transpile.ts'

/** Makes the runtime; nothing is started before the first `run` or `check`. */
export function subprocess(options: LocalOptions): Runtime {
  const host = new SandboxHost(options)
  return {
    name: 'subprocess',
    capabilities: {
      languages: ['javascript', 'typescript', 'python', 'bash'],
      isolation: 'namespace',
      enforces: ['time', 'cpu', 'memory', 'pids', 'output', 'disk', 'files'],
      streaming: true,
    },
    async run(request, io) {
      // Found while the code is compiled; what it lacks is told when it is needed.
      if (request.language === 'typescript') host.footing().catch(() => undefined)
      return runLocally(host, options, request, await prepare(request, io), io)
    },
    check: () => checkLocal(host, options, 'subprocess'),
    close: () => host.close(),
  }
}

const FILES: Record<Language, string> = {
  javascript: 'main.js',
  typescript: 'main.ts',
  python: 'main.py',
  bash: 'main.sh',
}

/** bash would leave it out and run something else than is recorded. */
const NUL_IN_BASH: Program['code'] = {
  error: { name: 'SyntaxError', message: 'bash takes no NUL character in its code', stack: null },
}

/** The program as the guest programs take it, wherever they run. */
export async function prepare(
  request: RuntimeRequest,
  io: Pick<RuntimeIo, 'signal' | 'onCompiled'>,
): Promise<Program> {
  const { language, code, env } = request
  const file = FILES[language]
  if (language === 'typescript') return prepareModule(request, await transpile(request, file, io), 'mapped')
  if (language === 'javascript') return prepareModule(request, { code }, 'plain')
  if (language === 'bash')
    return {
      guest: 'bash',
      file,
      code: code.includes('\0') ? NUL_IN_BASH : { code },
      head: (nonce) => bashHead(nonce, request),
    }
  return { guest: 'python', file, code: { code }, head: (nonce) => JSON.stringify({ nonce, env, file }) }
}

/** The module gets one more line that hands its `main`, exported or not, to the guest program. */
function prepareModule(request: RuntimeRequest, code: Program['code'], kind: 'plain' | 'mapped'): Program {
  const hook = `exectrail_${randomBytes(8).toString('hex')}`
  const trailer = `\n;globalThis.${hook}?.(typeof main === 'function' ? main : undefined)\n`
  const head = { env: request.env, file: FILES.javascript, hook, sourceMaps: kind === 'mapped' }
  return {
    guest: 'javascript',
    file: FILES.javascript,
    code: 'code' in code ? { code: addTrailer(code.code, trailer) } : code,
    head: (nonce) => JSON.stringify({ nonce, ...head }),
  }
}

/** A source map comment has to stay the last line. */
function addTrailer(code: string, trailer: string): string {
  const map = code.lastIndexOf('\n//# sourceMappingURL=')
  return map < 0 ? code + trailer : code.slice(0, map) + trailer + code.slice(map + 1)
}
