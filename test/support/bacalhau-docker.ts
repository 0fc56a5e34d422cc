/**
 * A stand-in for an orchestrator with one Docker node: takes jobs as ours are, unpacks their sources and starts the
 * command on this machine, the folder of the job moved. It says nothing about Docker itself.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { dirname, join } from 'node:path'
import type { Duplex } from 'node:stream'
import { z } from 'zod'
import { unpackArchive } from '../../src/runtimes/bacalhau/archive.ts'
import { temporaryDirectory } from './directory.ts'

const JOB = '/job'
const ARCHIVE_MAX_BYTES = 100_000_000

const task = z.looseObject({
  Engine: z.object({
    Type: z.literal('docker'),
    Params: z.object({ Image: z.string(), Entrypoint: z.array(z.string()) }),
  }),
  InputSources: z.array(
    z.object({ Target: z.literal(JOB), Source: z.object({ Params: z.object({ URL: z.string() }) }) }),
  ),
  Network: z.unknown(),
  Resources: z.unknown(),
})
const submission = z.object({ Job: z.object({ Tasks: z.tuple([task]) }) })

interface Job {
  id: string
  executionId: string
  child: ChildProcess
  /** Entries of the log, and who reads it. */
  log: string[]
  readers: Set<Duplex>
  exitCode: number | null
}

export class DockerStandIn {
  readonly tasks: z.infer<typeof task>[] = []
  readonly stopped: string[] = []
  readonly #server: Server
  readonly #directory: Awaited<ReturnType<typeof temporaryDirectory>>
  readonly #jobs = new Map<string, Job>()

  private constructor(server: Server, directory: Awaited<ReturnType<typeof temporaryDirectory>>) {
    this.#server = server
    this.#directory = directory
  }

  static async start(): Promise<DockerStandIn> {
    const server = createServer()
    const standIn = new DockerStandIn(server, await temporaryDirectory())
    server.on('request', (request, response) => {
      void standIn.#answer(request).then((body) => response.end(JSON.stringify(body)))
    })
    server.on('upgrade', (request, socket) => standIn.#stream(request, socket))
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    return standIn
  }

  get url(): string {
    const address = this.#server.address()
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  }

  async close(): Promise<void> {
    for (const { child } of this.#jobs.values()) child.kill('SIGKILL')
    this.#server.closeAllConnections()
    this.#server.close()
    await this.#directory[Symbol.asyncDispose]()
  }

  async #answer(request: IncomingMessage): Promise<unknown> {
    const [, what = '', id = '', part = ''] =
      /^\/api\/v1\/orchestrator\/(\w+)\/?([\w-]*)\/?(\w*)/u.exec(request.url ?? '') ?? []
    if (what === 'nodes') return { Nodes: [NODE] }
    if (request.method === 'PUT') return { JobID: await this.#run(await readJson(request)) }
    const job = this.#jobs.get(id)
    if (job === undefined) return { Items: [] }
    if (request.method === 'DELETE') return this.#stop(job)
    if (part === 'history') return { Items: historyOf(job) }
    if (part === 'executions') return { Items: [executionOf(job)] }
    return { Job: { State: { StateType: job.exitCode === null ? 'Running' : 'Completed', Message: '' } } }
  }

  async #run(body: unknown): Promise<string> {
    const [only] = submission.parse(body).Job.Tasks
    this.tasks.push(only)
    const id = `j-${randomUUID()}`
    const home = join(this.#directory.path, id)
    for (const { Source } of only.InputSources) {
      const archive = Buffer.from(Source.Params.URL.split(',')[1] ?? '', 'base64')
      for (const { path, content } of unpackArchive(archive, ARCHIVE_MAX_BYTES)) {
        await mkdir(dirname(join(home, path)), { recursive: true })
        await writeFile(join(home, path), content)
      }
    }
    const [command = '', ...words] = only.Engine.Params.Entrypoint
    const moved = words.map((word) =>
      word.startsWith(`${JOB}/`) ? join(home, word.slice(JOB.length)) : word,
    )
    const child = spawn(command === 'node' ? process.execPath : command, moved, {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const job: Job = {
      id,
      executionId: `e-${randomUUID()}`,
      child,
      log: [],
      readers: new Set(),
      exitCode: null,
    }
    this.#jobs.set(id, job)
    child.stdout.setEncoding('utf8').on('data', (text: string) => say(job, 1, text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => say(job, 2, text))
    child.once('close', (code, signal) => {
      job.exitCode = code ?? (signal === 'SIGKILL' ? 137 : 143)
      for (const reader of job.readers) reader.end(CLOSE)
    })
    return id
  }

  #stop(job: Job): unknown {
    this.stopped.push(job.id)
    job.child.kill('SIGKILL')
    return {}
  }

  /** The log's websocket: all entries so far, then each as it comes. */
  #stream(request: IncomingMessage, socket: Duplex): void {
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64')
    socket.on('error', () => undefined).resume()
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    )
    const job = this.#jobs.get(/jobs\/([\w-]+)\//u.exec(request.url ?? '')?.[1] ?? '')
    for (const entry of job?.log ?? []) socket.write(frame(entry))
    if (job === undefined || job.exitCode !== null) socket.end(CLOSE)
    else job.readers.add(socket)
  }
}

const CLOSE = Buffer.from([0x88, 2, 0x03, 0xe8])
const NODE = {
  Connection: 'CONNECTED',
  Info: {
    NodeID: 'n-docker',
    Labels: {},
    ComputeNodeInfo: { ExecutionEngines: ['docker'], Publishers: ['noop'] },
    BacalhauVersion: { GitVersion: 'v1.9.3' },
  },
}

function say(job: Job, type: 1 | 2, text: string): void {
  const entry = JSON.stringify({ value: { Type: type, Line: text } })
  job.log.push(entry)
  for (const reader of job.readers) reader.write(frame(entry))
}

/** One text message of a server. */
function frame(text: string): Buffer {
  const body = Buffer.from(text)
  const head = Buffer.alloc(10)
  head[0] = 0x81
  head[1] = 127
  head.writeBigUInt64BE(BigInt(body.length), 2)
  return Buffer.concat([head, body])
}

function historyOf({ executionId, exitCode }: Job): unknown[] {
  const item = (id: string, Topic: string, Message: string, state?: string): unknown => ({
    Type: 'x',
    ExecutionID: id,
    Time: new Date().toISOString(),
    Event: { Topic, Message, ...(state === undefined ? {} : { Details: { NewState: state } }) },
  })
  return [
    item('', 'Submission', 'Job submitted'),
    item(executionId, 'Scheduling', 'Requested execution on n-docker'),
    item(executionId, 'Execution', 'Running'),
    ...(exitCode === null ? [] : [item('', 'State Update', 'Completed', 'Completed')]),
  ]
}

function executionOf({ executionId, exitCode }: Job): unknown {
  return {
    ID: executionId,
    NodeID: 'n-docker',
    ComputeState: { StateType: 7, Message: '' },
    RunOutput: exitCode === null ? null : { ExitCode: exitCode, ErrorMsg: '' },
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  return JSON.parse(Buffer.concat(chunks).toString())
}
