/**
 * A stand-in for E2B on loopback: the control API, and for each sandbox the process and file API, as SDK 2.51
 * speaks them. The sandboxes are bubblewrap on this host, not microVMs; what it shows of the provider is the
 * protocol, never its isolation or its speed.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readBody, sendJson } from './connect.ts'
import { Faults, type Fault, type Route } from './faults.ts'
import { findMachineTools, Machine, type MachineTools } from './machine.ts'
import {
  describe,
  isVerb,
  type CreateBody,
  type StandInMetric,
  type StandInSandbox,
  type Verb,
} from './records.ts'
import { callProcess, downloadFile, startProcess, uploadFile } from './sandbox-api.ts'

interface Call {
  method: string
  url: URL
  request: IncomingMessage
  response: ServerResponse
}

export class E2bStandIn {
  readonly apiKey = `e2b_${randomBytes(20).toString('hex')}`
  /** Those alive. */
  readonly sandboxes = new Map<string, StandInSandbox>()
  /** Requests served so far, by what they asked for. */
  readonly served: Route[] = []
  metrics: StandInMetric[] = []
  /** How many sandboxes one page of the list holds. */
  pageSize = 100
  url = ''
  #server: Server
  #faults = new Faults()
  #tools: MachineTools

  private constructor(tools: MachineTools) {
    this.#tools = tools
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        if (response.headersSent) response.destroy()
        else sendJson(response, 500, { code: 500, message: String(error) })
      })
    })
  }

  /** Starts one on a free port; null where the host has no bubblewrap. */
  static async start(change: Partial<MachineTools> = {}): Promise<E2bStandIn | null> {
    const tools = await findMachineTools()
    if (tools === null) return null
    const standIn = new E2bStandIn({ ...tools, ...change })
    await new Promise<void>((resolve) => {
      standIn.#server.listen(0, '127.0.0.1', resolve)
    })
    standIn.url = `http://127.0.0.1:${(standIn.#server.address() as AddressInfo).port}`
    return standIn
  }

  fail(fault: Fault): void {
    this.#faults.plan(fault)
  }

  forgive(): void {
    this.#faults.clear()
  }

  /** The sandbox dies as when the provider evicts it. */
  async kill(id: string): Promise<boolean> {
    const sandbox = this.sandboxes.get(id)
    if (sandbox === undefined) return false
    this.sandboxes.delete(id)
    clearTimeout(sandbox.expiry)
    this.cutStreams(id)
    await sandbox.machine.halt()
    return true
  }

  /** Ends the connections of the sandbox, which lives on. */
  cutStreams(id: string): void {
    for (const response of this.#streams.get(id) ?? []) response.destroy()
  }

  async close(): Promise<void> {
    await Promise.all([...this.sandboxes.keys()].map((id) => this.kill(id)))
    this.#server.closeAllConnections()
    await new Promise((resolve) => {
      this.#server.close(resolve)
    })
  }

  #streams = new Map<string, Set<ServerResponse>>()

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = {
      method: request.method ?? '',
      url: new URL(request.url ?? '/', this.url),
      request,
      response,
    }
    const id = request.headers['e2b-sandbox-id']
    if (typeof id === 'string') await this.#serveSandbox(id, call)
    else await this.#serveControl(call)
  }

  async #serveSandbox(id: string, call: Call): Promise<void> {
    const { request, response, url, method } = call
    const sandbox = this.sandboxes.get(id)
    if (sandbox === undefined) {
      sendJson(response, 502, { sandboxId: id, message: 'The sandbox was not found', code: 502 })
      return
    }
    if (request.headers['x-access-token'] !== sandbox.token) {
      sendJson(response, 401, { code: 401, message: 'unauthorized' })
      return
    }
    const { machine } = sandbox
    const path = url.searchParams.get('path') ?? ''
    const rpc = /^\/process\.Process\/(?<name>\w+)$/.exec(url.pathname)?.groups?.['name']
    if (rpc === 'Start') await this.#stream(id, call, () => startProcess(machine, request, response))
    else if (rpc !== undefined)
      await this.#do('input', call, () => callProcess(machine, rpc, request, response))
    else if (url.pathname === '/health')
      await this.#do('health', call, async () => sendJson(response, 204, undefined))
    else if (method === 'POST')
      await this.#do('upload', call, () => uploadFile(machine, path, request, response))
    else await this.#do('download', call, () => downloadFile(machine, path, response))
  }

  async #stream(id: string, call: Call, serve: () => Promise<void>): Promise<void> {
    const streams = this.#streams.get(id) ?? new Set()
    this.#streams.set(id, streams.add(call.response))
    call.response.once('close', () => streams.delete(call.response))
    await this.#do('start', call, serve)
  }

  async #do(route: Route, call: Call, serve: () => Promise<void>): Promise<void> {
    this.served.push(route)
    await this.#faults.meet(route, call.response, serve)
  }

  async #serveControl(call: Call): Promise<void> {
    const { method, url, request, response } = call
    if (request.headers['x-api-key'] !== this.apiKey) {
      sendJson(response, 401, { code: 401, message: 'Invalid API key' })
      return
    }
    if (url.pathname === '/v2/sandboxes' && method === 'POST')
      return this.#do('create', call, () => this.#create(call))
    if (url.pathname === '/v2/sandboxes') return this.#do('list', call, async () => this.#list(call))
    const found = /^(?:\/v2)?\/sandboxes\/(?<id>[\w-]+)(?:\/(?<verb>\w+))?$/.exec(url.pathname)?.groups
    const sandbox = this.sandboxes.get(found?.['id'] ?? '')
    const verb = found?.['verb'] ?? (method === 'DELETE' ? 'kill' : 'info')
    if (!isVerb(verb)) return sendJson(response, 404, { code: 404, message: `no route ${url.pathname}` })
    return this.#do(verb, call, async () => {
      if (sandbox === undefined) sendJson(response, 404, { code: 404, message: 'sandbox not found' })
      else await this.#answer(verb, sandbox, call)
    })
  }

  async #create({ request, response }: Call): Promise<void> {
    const body = JSON.parse((await readBody(request)).toString('utf8')) as CreateBody
    if (body.templateID.startsWith('missing')) {
      sendJson(response, 404, { code: 404, message: `template '${body.templateID}' not found` })
      return
    }
    const id = `i${randomUUID().replaceAll('-', '').slice(0, 19)}`
    const sandbox: StandInSandbox = {
      id,
      template: body.templateID,
      metadata: body.metadata ?? {},
      allowInternetAccess: body.allow_internet_access,
      network: body.network,
      timeoutS: 0,
      startedAt: new Date(),
      endAt: new Date(),
      token: randomUUID(),
      machine: await Machine.boot(this.#tools),
      expiry: setTimeout(() => undefined, 0),
    }
    this.#setTimeout(sandbox, body.timeout ?? 15)
    this.sandboxes.set(id, sandbox)
    sendJson(response, 201, describe(sandbox))
  }

  #setTimeout(sandbox: StandInSandbox, seconds: number): void {
    clearTimeout(sandbox.expiry)
    sandbox.timeoutS = seconds
    sandbox.endAt = new Date(Date.now() + seconds * 1000)
    sandbox.expiry = setTimeout(() => void this.kill(sandbox.id), seconds * 1000)
  }

  #list({ url, response }: Call): void {
    const asked = [...new URLSearchParams(url.searchParams.get('metadata') ?? '')]
    const wanted = asked.map((pair) => pair.map((text) => decodeURIComponent(text)) as [string, string])
    const all = [...this.sandboxes.values()].filter(({ metadata }) =>
      wanted.every(([key, value]) => metadata[key] === value),
    )
    const from = Number(url.searchParams.get('nextToken') ?? 0)
    const to = from + Math.min(this.pageSize, Number(url.searchParams.get('limit') ?? this.pageSize))
    const next: Record<string, string> = to < all.length ? { 'x-next-token': String(to) } : {}
    sendJson(
      response,
      200,
      all.slice(from, to).map((sandbox) => describe(sandbox)),
      next,
    )
  }

  async #answer(verb: Verb, sandbox: StandInSandbox, { request, response }: Call): Promise<void> {
    if (verb === 'kill') {
      await this.kill(sandbox.id)
      sendJson(response, 204, undefined)
    } else if (verb === 'metrics') sendJson(response, 200, this.metrics)
    else if (verb === 'info') sendJson(response, 200, describe(sandbox))
    else {
      const { timeout } = JSON.parse((await readBody(request)).toString('utf8')) as { timeout: number }
      this.#setTimeout(sandbox, timeout)
      sendJson(response, verb === 'timeout' ? 204 : 200, verb === 'timeout' ? undefined : describe(sandbox))
    }
  }
}
