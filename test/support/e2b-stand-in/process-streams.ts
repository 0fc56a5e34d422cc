/** The streams of a process: what it prints and how it ends, for the request that started it and for later ones. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { endStream, readEnvelope, sendMessage } from './connect.ts'
import type { Machine, MachineProcess, ProcessEnd } from './machine.ts'

interface StartRequest {
  process: { cmd: string; args?: string[]; envs?: Record<string, string>; cwd?: string }
  stdin?: boolean
}

/**
 * `process.Process/Start`: a stream of start, data and end. Like the provider's daemon it drops output
 * that is still unread when the process exits, and stops reading while the client's connection is full.
 */
export async function startProcess(
  machine: Machine,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const asked = (await readEnvelope(request)) as StartRequest
  const { cmd, args = [], envs = {}, cwd = '' } = asked.process
  const started = machine.start({ cmd, args, envs, cwd }, asked.stdin === true ? 'open' : 'none')
  await follow(started, request, response, () => {
    started.ended = passOn(started)
  })
}

/** `process.Process/Connect`: the same stream of a process that runs, from now on. */
export async function connectProcess(
  machine: Machine,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { process: selector } = (await readEnvelope(request)) as { process: { pid?: number } }
  const found = machine.processes.get(selector.pid ?? -1)
  if (found === undefined) {
    response.writeHead(200, { 'content-type': 'application/connect+json' })
    endStream(response, { code: 'not_found', message: `process with pid ${selector.pid} not found` })
    return
  }
  await follow(found, request, response)
}

async function follow(
  followed: MachineProcess,
  request: IncomingMessage,
  response: ServerResponse,
  onFollowing: () => void = () => undefined,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/connect+json' })
  await sendMessage(response, { event: { start: { pid: followed.pid } } })
  const everyMs = Number(request.headers['keepalive-ping-interval'] ?? 90) * 1000
  const pings = setInterval(() => void sendMessage(response, { event: { keepalive: {} } }), everyMs)
  const gone = new Promise<null>((resolve) => {
    response.once('close', () => resolve(null))
  })
  followed.followers.add(response)
  try {
    onFollowing()
    const end = await Promise.race([followed.ended, gone])
    if (end === null || response.destroyed) return
    await sendMessage(response, { event: { end: describeEnd(end) } })
    endStream(response)
  } finally {
    followed.followers.delete(response)
    clearInterval(pings)
  }
}

/** Resolves when the process has ended and what was read of its output is sent. */
async function passOn(started: MachineProcess): Promise<ProcessEnd> {
  const pumps = [pump(started, 'stdout'), pump(started, 'stderr')]
  const end = await started.ended
  started.child.stdout.destroy()
  started.child.stderr.destroy()
  await Promise.all(pumps)
  return end
}

async function pump({ child, followers }: MachineProcess, stream: 'stdout' | 'stderr'): Promise<void> {
  try {
    for await (const chunk of child[stream]) {
      const message = { event: { data: { [stream]: (chunk as Buffer).toString('base64') } } }
      await Promise.all([...followers].map((follower) => sendMessage(follower, message)))
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE'))
      throw error
  }
}

function describeEnd({ code, signal }: ProcessEnd): Record<string, unknown> {
  if (code === 0) return { exitCode: 0, exited: true, status: 'exit status 0' }
  const status = signal === null ? `exit status ${code}` : `signal: ${signal}`
  return { exitCode: code ?? -1, exited: signal === null, status, error: status }
}
