/** What the daemon inside a sandbox serves: processes and files. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { endStream, readBody, readEnvelope, sendJson, sendMessage } from './connect.ts'
import type { Machine, MachineProcess } from './machine.ts'

interface StartRequest {
  process: { cmd: string; args?: string[]; envs?: Record<string, string>; cwd?: string }
  stdin?: boolean
}

interface Selector {
  process?: { pid?: number }
}

/**
 * `process.Process/Start`: a stream of start, data and end. Like the provider's daemon it drops what a process has
 * written but nobody read when it exits, and waits with reading while the client does not take what was read.
 */
export async function startProcess(
  machine: Machine,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const asked = (await readEnvelope(request)) as StartRequest
  const { cmd, args = [], envs = {}, cwd = '' } = asked.process
  const started = machine.start({ cmd, args, envs, cwd }, asked.stdin === true ? 'open' : 'none')
  response.writeHead(200, { 'content-type': 'application/connect+json' })
  await sendMessage(response, { event: { start: { pid: started.pid } } })
  const everyMs = Number(request.headers['keepalive-ping-interval'] ?? 90) * 1000
  const pings = setInterval(() => void sendMessage(response, { event: { keepalive: {} } }), everyMs)
  try {
    const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
      started.child.once('exit', (code, signal) => resolve({ code, signal }))
    })
    const gone = new Promise<void>((resolve) => {
      response.once('close', resolve)
    })
    const pumps = [pump(started, 'stdout', response), pump(started, 'stderr', response)]
    const end = await ended
    started.child.stdout.destroy()
    started.child.stderr.destroy()
    await Promise.race([Promise.all(pumps), gone])
    if (response.destroyed) return
    await sendMessage(response, { event: { end: describeEnd(end.code, end.signal) } })
    endStream(response)
  } finally {
    clearInterval(pings)
  }
}

async function pump(
  { child }: MachineProcess,
  stream: 'stdout' | 'stderr',
  response: ServerResponse,
): Promise<void> {
  try {
    for await (const chunk of child[stream])
      await sendMessage(response, {
        event: { data: { [stream]: (chunk as Buffer).toString('base64') } },
      })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE'))
      throw error
  }
}

function describeEnd(code: number | null, signal: string | null): Record<string, unknown> {
  if (code === 0) return { exitCode: 0, exited: true, status: 'exit status 0' }
  const status = signal === null ? `exit status ${code}` : `signal: ${signal}`
  return { exitCode: code ?? -1, exited: signal === null, status, error: status }
}

/** `SendInput`, `SendSignal` (SIGKILL), `CloseStdin` and `List`. */
export async function callProcess(
  machine: Machine,
  method: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = JSON.parse((await readBody(request)).toString('utf8')) as Selector & {
    input?: { stdin?: string }
  }
  if (method === 'List') {
    const processes = [...machine.processes.values()].map(({ pid, config }) => ({ pid, config }))
    sendJson(response, 200, { processes })
    return
  }
  const found = machine.processes.get(body.process?.pid ?? -1)
  if (found === undefined) {
    sendJson(response, 404, { code: 'not_found', message: `process with pid ${body.process?.pid} not found` })
    return
  }
  if (method === 'SendInput') found.child.stdin.write(Buffer.from(body.input?.stdin ?? '', 'base64'))
  else if (method === 'CloseStdin') found.child.stdin.end()
  else machine.kill(found.pid)
  sendJson(response, 200, {})
}

/** `POST /files?path=` with the content as it is; the SDK's forms are not served. */
export async function uploadFile(
  machine: Machine,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  await machine.write(path, await readBody(request))
  sendJson(response, 200, [{ name: path.split('/').at(-1) ?? '', path, type: 'file' }])
}

/** `GET /files?path=`. */
export async function downloadFile(machine: Machine, path: string, response: ServerResponse): Promise<void> {
  try {
    const content = await machine.read(path)
    response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(content)
  } catch {
    sendJson(response, 404, { code: 404, message: `path '${path}' does not exist` })
  }
}
