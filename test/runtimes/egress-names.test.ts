import { writeFile } from 'node:fs/promises'
import { createServer, request as sendRequest, type Server } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEgress, type Egress } from '../../src/runtimes/sandbox/egress/egress.ts'
import { PublicNames, type NameSources } from '../../src/runtimes/sandbox/egress/public-names.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { startNameServer, type NameServer } from '../support/name-server.ts'

/** What a stranger's name server may answer; `slow` names are never answered. */
const ZONE: Record<string, readonly string[]> = {
  'loop.test': ['127.0.0.1'],
  'both.test': ['127.0.0.1', '10.0.0.1'],
  'meta.test': ['169.254.169.254'],
  'azure.test': ['168.63.129.16'],
  'nat64.test': ['64:ff9b::7f00:1'],
  'mapped.test': ['0:0:0:0:0:ffff:7f00:1'],
  'site.test': ['fec0::1'],
  'doc.test': ['192.0.2.1', '2001:db8::1'],
  'many.test': Array.from({ length: 25 }, (_, at) => `127.0.0.${at + 1}`),
}

let names: NameServer
beforeAll(async () => {
  names = await startNameServer((name) => (name.startsWith('slow') ? null : (ZONE[name] ?? [])))
})
afterAll(() => names[Symbol.asyncDispose]())

const open = (allow: readonly string[], sources: NameSources = {}): Promise<Egress> =>
  openEgress(allow, new PublicNames({ servers: [names.address], hostsFile: '/nonexistent', ...sources }))

/** Status and words of the answer to CONNECT. */
async function tunnel({ socketPath }: Egress, target: string): Promise<string> {
  const client = connect(socketPath)
  client.write(`CONNECT ${target} HTTP/1.1\r\n\r\n`)
  const answer = await text(client).catch(String)
  return `${answer.slice(9, 12)} ${answer.split('\r\n\r\n')[1] ?? ''}`
}

function get({ socketPath }: Egress, url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    sendRequest({ socketPath, path: url, agent: false }, (response) => {
      text(response).then((body) => resolve(`${response.statusCode} ${body}`), reject)
    })
      .on('error', reject)
      .end()
  })
}

describe('the names of allowed hosts', () => {
  it.each(Object.keys(ZONE))('do not lead to what %s says', async (name) => {
    await using egress = await open(['*.test'])
    const words = `403 exectrail: ${name} leads to no public address; list the address itself\n`
    expect(await tunnel(egress, `${name.toUpperCase()}.:80`)).toBe(words)
    expect(await get(egress, `http://${name}/`)).toBe(words)
  })

  it('are kept apart from names that are not there', async () => {
    await using egress = await open(['*.test'])
    expect(await tunnel(egress, 'absent.test:80')).toMatch(
      /^502 .*absent\.test is not known to the name servers\n$/,
    )
  })

  it('are those of the hosts file first, read each time', async () => {
    await using directory = await temporaryDirectory()
    const hostsFile = join(directory.path, 'hosts')
    await using egress = await open(['*.test', 'localhost'], { hostsFile })
    await writeFile(hostsFile, '10.1.1.1  one.TEST other.test # slow.test\n')
    const before = names.asked.length
    expect(await tunnel(egress, 'one.test:80')).toMatch(/^403/)
    expect(await tunnel(egress, 'localhost:80')).toMatch(/^403/)
    expect(names.asked.slice(before)).toEqual([])
    await writeFile(hostsFile, '10.1.1.1 another.test\n')
    expect(await tunnel(egress, 'one.test:80')).toMatch(/^502/)
  })

  it('of one run hold back no other run, and end with it', async () => {
    const attacker = await open(['*.test'])
    const slow: Socket[] = Array.from({ length: 60 }, (_, at) => {
      const client = connect(attacker.socketPath).on('error', () => undefined)
      client.write(`CONNECT slow${at}.test:80 HTTP/1.1\r\n\r\n`)
      return client.resume()
    })
    await expect.poll(() => names.asked.filter((name) => name.startsWith('slow')).length).toBeGreaterThan(0)
    await using victim = await open(['*.test'])
    const startedAt = performance.now()
    expect(await tunnel(victim, 'loop.test:80')).toMatch(/^403/)
    expect(performance.now() - startedAt).toBeLessThan(4000)
    expect(new Set(names.asked.filter((name) => name.startsWith('slow'))).size).toBeLessThanOrEqual(4)
    await attacker[Symbol.asyncDispose]()
    await expect.poll(() => slow.every((client) => client.destroyed)).toBe(true)
  })

  it('without an answer are given up, in words', async () => {
    await using egress = await open(['*.test'], { deadlineMs: 100 })
    expect(await tunnel(egress, 'slow.test:80')).toBe(
      '504 exectrail: the name servers did not answer for slow.test within 100 ms\n',
    )
  })
})

describe('an address', () => {
  let server: Server
  let origin = ''
  beforeAll(async () => {
    server = createServer((_request, response) => response.end('reached'))
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.2', resolve)
    })
    origin = `127.0.0.2:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => void server.close())

  it.each(['127.0.0.2', '2130706434', '0x7f.2', '0177.0.0.02', '127.0.2', '127.0.0.2.', '１27.0.0.2'])(
    'that is listed is reached as %s',
    async (spelling) => {
      await using egress = await open(['127.0.0.2'])
      const port = origin.split(':')[1]
      expect(await get(egress, encodeURI(`http://${spelling}:${port}/`))).toBe('200 reached')
    },
  )

  it('that is not listed is reached in no spelling', async () => {
    await using egress = await open(['*.test', '127.0.0.2', 'xn--bcher-kva.test'])
    const before = names.asked.length
    const spelling = fc.oneof(
      fc.ipV4Extended(),
      fc.ipV6().map((address) => `[${address}]`),
      fc.ipV4().map((address) => `[::ffff:${address}]`),
      fc.ipV4().map((address) => `${address}.`),
      fc.constantFrom(
        '[::1%25lo]',
        '[fe80::1%lo]',
        '[::ffff:7f00:2]',
        '127.0.0.2%00.test',
        '127.0.0.2#.test',
      ),
      fc.constantFrom(
        '1.test@127.0.0.1',
        '127.0.0.1/.test',
        '127.0.0.1\\.test',
        '127.0.0.1?.test',
        'bücher.tést',
      ),
    )
    await fc.assert(
      fc.asyncProperty(spelling, async (host) => {
        fc.pre(!/^(?:127\.0\.0\.2|0x7f\.|0177|2130706434)/.test(host))
        expect(
          await tunnel(egress, Buffer.from(`${host}:${origin.split(':')[1]}`).toString('latin1')),
        ).toMatch(/^(?:4| $)/) // what is no HTTP ends the connection
        expect(await get(egress, `http://${encodeURI(host)}:${origin.split(':')[1]}/`)).toMatch(/^4/)
      }),
      { numRuns: 150 },
    )
    expect(names.asked.slice(before)).toEqual([])
  })

  it('is given no more than 64 connections by one run', async () => {
    await using egress = await open(['127.0.0.2'])
    const client = connect(egress.socketPath).on('error', () => undefined)
    const hang = createServer(() => undefined)
    await new Promise<void>((resolve) => {
      hang.listen(0, '127.0.0.2', resolve)
    })
    const { port } = hang.address() as AddressInfo
    let arrived = 0
    hang.on('connection', () => (arrived += 1))
    client.write(`GET http://127.0.0.2:${port}/ HTTP/1.1\r\nHost: localhost\r\n\r\n`.repeat(200))
    await expect.poll(() => arrived).toBe(64)
    expect(await get(egress, `http://${origin}/`)).toMatch(
      /^503 exectrail: 64 connections of this run are open/,
    )
    client.destroy()
    await expect.poll(() => get(egress, `http://${origin}/`)).toBe('200 reached')
    hang.close()
    hang.closeAllConnections()
  })
})
