/** What the daemon inside a sandbox serves besides the streams of processes: calls to them, and files. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { basename } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { readBody, sendJson } from './connect.ts'
import { absolute, type Machine } from './machine.ts'

interface Selector {
  process?: { pid?: number }
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

/** `filesystem.Filesystem/Stat`. */
export async function statFile(
  machine: Machine,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { path = '' } = JSON.parse((await readBody(request)).toString('utf8')) as { path?: string }
  try {
    const found = await machine.stat(path)
    const kind = found.stats.isDirectory() ? 'DIRECTORY' : found.stats.isSymbolicLink() ? 'SYMLINK' : 'FILE'
    sendJson(response, 200, {
      entry: {
        name: basename(found.path),
        path: found.path,
        type: `FILE_TYPE_${kind}`,
        size: String(found.stats.size),
        mode: found.stats.mode & 0o777,
        owner: 'user',
        group: 'user',
        modifiedTime: found.stats.mtime.toISOString(),
      },
    })
  } catch {
    sendJson(response, 404, { code: 'not_found', message: `file not found: ${path}` })
  }
}

/** `POST /files`: one file as it is, at `?path=`, or a form with several, each at `?path=` or under its own name. */
export async function uploadFiles(
  machine: Machine,
  path: string | null,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const sent = await readBody(request)
  const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent
  const type = request.headers['content-type'] ?? ''
  const files = type.startsWith('multipart/form-data')
    ? await readForm(body, type, path)
    : [{ path: path ?? '', content: body }]
  for (const file of files) await machine.write(file.path, file.content)
  const entries = files.map((file) => ({
    name: basename(file.path),
    path: absolute(file.path),
    type: 'file',
  }))
  sendJson(response, 200, entries)
}

async function readForm(
  body: Buffer,
  type: string,
  path: string | null,
): Promise<{ path: string; content: Uint8Array }[]> {
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData()
  const parts = [...form.getAll('file')].filter((part) => typeof part !== 'string')
  return Promise.all(parts.map(async (part) => ({ path: path ?? part.name, content: await part.bytes() })))
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
