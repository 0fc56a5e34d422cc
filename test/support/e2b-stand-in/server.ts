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
  type LifeBody,
  type StandInMetric,
  type StandInSandbox,
  type Verb,
} from './records.ts'
import { connectSandbox, LIFE_S, pauseSandbox, setLife } from './life.ts'
import { listPage } from './list.ts'
import { connectProcess, startProcess } from './process-streams.ts'
import { callProcess, downloadFile, statFile, uploadFiles } from './sandbox-api.ts'

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
    if (sandbox === undefined || sandbox.state === 'paused') {
      sendJson(response, 502, { sandboxId: id, message: 'The sandbox was not found', code: 502 })
      return
    }
    if (request.headers['x-access-token'] !== sandbox.token) {
      sendJson(response, 401, { code: 401, message: 'unauthorized' })
      return
    }
    const { machine } = sandbox
    const path = url.searchParams.get('path')
    const rpc = /^\/process\.Process\/(?<name>\w+)$/.exec(url.pathname)?.groups?.['name']
    if (rpc === 'Start') await this.#stream(id, call, () => startProcess(machine, request, response))
    else if (rpc === 'Connect') await this.#stream(id, call, () => connectProcess(machine, request, response))
    else if (rpc !== undefined)
      await this.#do('input', call, () => callProcess(machine, rpc, request, response))
    else if (url.pathname === '/filesystem.Filesystem/Stat')
      await this.#do('stat', call, () => statFile(machine, request, response))
    else if (url.pathname === '/health')
      await this.#do('health', call, async () => sendJson(response, 204, undefined))
    else if (url.pathname !== '/files')
      sendJson(response, 501, {
        code: 'unimplemented',
        message: `the stand-in does not serve ${url.pathname}`,
      })
    else if (method === 'POST')
      await this.#do('upload', call, () => uploadFiles(machine, path, request, response))
    else await this.#do('download', call, () => downloadFile(machine, path ?? '', response))
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
      machine: await Machine.boot(this.#tools, body.envVars ?? {}),
      expiry: setTimeout(() => undefined, 0),
      state: 'running',
    }
    setLife(sandbox, body.timeout ?? LIFE_S, () => this.kill(id))
    this.sandboxes.set(id, sandbox)
    sendJson(response, 201, describe(sandbox))
  }

  #list({ url, response }: Call): void {
    const { sandboxes, next } = listPage(this.sandboxes.values(), url.searchParams, this.pageSize)
    const headers: Record<string, string> = next === null ? {} : { 'x-next-token': next }
    sendJson(
      response,
      200,
      sandboxes.map((sandbox) => describe(sandbox)),
      headers,
    )
  }

  async #answer(verb: Verb, sandbox: StandInSandbox, { request, response }: Call): Promise<void> {
    if (verb === 'kill') {
      await this.kill(sandbox.id)
      return sendJson(response, 204, undefined)
    }
    if (verb === 'metrics') return sendJson(response, 200, this.metrics)
    if (verb === 'info') return sendJson(response, 200, describe(sandbox))
    const asked = JSON.parse((await readBody(request)).toString('utf8') || '{}') as LifeBody
    const end = (): Promise<boolean> => this.kill(sandbox.id)
    if (verb === 'connect') {
      const how = await connectSandbox(sandbox, asked, end)
      return sendJson(response, how === 'resumed' ? 201 : 200, describe(sandbox))
    }
    if (verb === 'timeout') setLife(sandbox, asked.timeout ?? LIFE_S, end)
    else if (await pauseSandbox(sandbox, asked)) this.cutStreams(sandbox.id)
    else return sendJson(response, 409, { code: 409, message: `sandbox '${sandbox.id}' is already paused` })
    return sendJson(response, 204, undefined)
  }
}
