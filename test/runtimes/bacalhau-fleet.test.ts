/** The fleet of docker-compose.fleet.yml: its file, and its four nodes as processes of this machine. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { loadConfig } from '../../src/config.ts'
import { findNode } from '../../src/provision/bacalhau/bacalhau.ts'
import { choosePorts } from '../../src/stack/ports.ts'
import { bacalhau } from '../../src/runtimes/bacalhau.ts'
import { BacalhauApi } from '../../src/runtimes/bacalhau/api.ts'
import { makeModules, modulesDirectory } from '../../src/runtimes/bacalhau/modules.ts'
import { whyNoNode } from '../support/bacalhau.ts'
import { findComposeErrors } from '../support/compose.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { makeRequest, record } from '../support/run-recorder.ts'
import { waitFor } from '../support/wait.ts'

const ROOT = join(import.meta.dirname, '../..')
const FILE = join(ROOT, 'docker-compose.fleet.yml')
const absent = await whyNoNode('exectrail')
const ECHO = 'export const main = (input) => input'

const fleet = z
  .object({ services: z.record(z.string(), z.object({ command: z.array(z.string()) })) })
  .parse(parse(await readFile(FILE, 'utf8'), { merge: true }))

interface Ports {
  nats: number
  api: number
}

/** The configuration of the fleet's nodes, moved to loopback and to `ports`. */
async function nodeConfig({ nats, api }: Ports, modulesPath: string): Promise<string> {
  const text = await readFile(join(ROOT, 'tools/bacalhau/fleet-node.yaml'), 'utf8')
  const config = z.record(z.string(), z.unknown()).parse(parse(text))
  return JSON.stringify({
    ...config,
    NameProvider: 'uuid', // all have the host name of this machine
    API: { Host: '127.0.0.1', Port: api },
    Orchestrator: { Host: '127.0.0.1', Port: nats },
    Compute: {
      Orchestrators: [`nats://127.0.0.1:${nats}`],
      AllowListedLocalPaths: [modulesPath, `${modulesPath}/**`],
    },
  })
}

/** Starts a service with the command line the file has for it. */
async function startService(name: string, home: string, ports: Ports): Promise<AsyncDisposable> {
  const { cacheDir, path, ci } = loadConfig()
  const program = await findNode({ config: { cacheDir, path, ci }, report: () => undefined })
  const directory = join(home, name)
  await mkdir(directory)
  const config = join(directory, 'config.yaml')
  await writeFile(config, await nodeConfig(ports, await modulesDirectory(cacheDir)))
  const command = (fleet.services[name]?.command ?? []).map((word) =>
    word.startsWith('/') ? (word.endsWith('.yaml') ? config : join(directory, 'data')) : word,
  )
  const env = { PATH: path, HOME: directory, TMPDIR: directory }
  const running = execa(program.path, command, { env, extendEnv: false, reject: false, stdio: 'ignore' })
  return {
    async [Symbol.asyncDispose]() {
      running.kill()
      await running
    },
  }
}

describe('docker-compose.fleet.yml', () => {
  it('is valid, with one orchestrator on loopback and three nodes', async () => {
    expect(await findComposeErrors(FILE)).toEqual([])
    expect(Object.keys(fleet.services)).toEqual(['orchestrator', 'node-1', 'node-2', 'node-3'])
    expect(await readFile(FILE, 'utf8')).toContain('ports: ["127.0.0.1:1234:1234"]')
  })
  it.skipIf(absent !== null)(
    `has its nodes share the executions${absent === null ? '' : ` (skipped: ${absent})`}`,
    { timeout: 120_000 },
    async () => {
      await using directory = await temporaryDirectory()
      await using stack = new AsyncDisposableStack()
      const { cacheDir, path } = loadConfig()
      const modulesPath = await modulesDirectory(cacheDir)
      await makeModules(modulesPath)
      const names = Object.keys(fleet.services)
      const [nats = 0, ...apis] = await choosePorts([0, ...names.map(() => 0)])
      for (const [index, name] of names.entries())
        stack.use(await startService(name, directory.path, { nats, api: apis[index] ?? 0 }))
      const apiUrl = `http://127.0.0.1:${apis[0]}`
      const api = new BacalhauApi(apiUrl)
      await waitFor(async () => (await api.nodes().catch(() => [])).length === 3, {
        timeoutMs: 60_000,
        what: 'three nodes',
      })
      const runtime = bacalhau({ apiUrl, home: directory.path, cacheDir, path, modulesPath })
      // The orchestrator throws dice among nodes that have room.
      const seen = new Set<string>()
      const runSome = async (): Promise<boolean> => {
        const runs = await Promise.all(
          ['0', '1', '2', '3'].map((input) => record(runtime, makeRequest('javascript', ECHO, { input }))),
        )
        expect(runs.map(({ exit }) => [exit.fault, exit.result])).toEqual(
          runs.map((_, index) => [null, String(index)]),
        )
        const executions = await Promise.all(runs.map(({ exit }) => api.executions(exit.sandboxId ?? '')))
        for (const { nodeId } of executions.flat()) seen.add(nodeId)
        return seen.size === 3
      }
      await waitFor(runSome, { what: 'a run on each node' })
      await runtime.close()
    },
  )
})
