import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { describeArtifact } from '../../src/provision/collector/artifact.ts'
import { findComposeErrors } from '../support/compose.ts'

const ROOT = join(import.meta.dirname, '../..')
const FILE = join(ROOT, 'docker-compose.yml')

const compose = z
  .object({
    services: z.record(
      z.string(),
      z.object({
        image: z.string().optional(),
        environment: z.record(z.string(), z.string()).default({}),
        ports: z.array(z.string()).default([]),
        volumes: z.array(z.string()).default([]),
        depends_on: z.record(z.string(), z.unknown()).default({}),
        command: z.array(z.string()).default([]),
      }),
    ),
    volumes: z.record(z.string(), z.unknown()),
  })
  .parse(parse(readFileSync(FILE, 'utf8'), { merge: true }))

const services = Object.entries(compose.services)
const collector = compose.services['collector'] ?? expect.unreachable()

describe('docker-compose.yml', () => {
  it('is valid for `docker compose config` where that is present, else for the Compose schema', async () => {
    const env = { EXECTRAIL_API_KEY: 'k', CLICKHOUSE_PASSWORD: 'p', OTLP_TOKEN: 't' }
    expect(await findComposeErrors(FILE, env)).toEqual([])
  })

  it('runs the Collector in the release that is built elsewhere', async () => {
    const { version } = await describeArtifact('/cache')
    expect(collector.image).toBe(`otel/opentelemetry-collector-contrib:${version}`)
  })

  it('tells the Collector only what its configuration reads, and wants a token', () => {
    const files = collector.command.map((argument) => argument.replace('--config=/etc/exectrail/', ''))
    expect(files).toEqual(['config.yaml', 'token.yaml'])
    const read = files.map((file) => readFileSync(join(ROOT, 'otel-collector', file), 'utf8')).join('\n')
    for (const name of Object.keys(collector.environment)) expect(read).toContain(`\${env:${name}`)
    expect(collector.environment['OTLP_TOKEN']).toMatch(/^\$\{OTLP_TOKEN:\?/)
  })

  it('publishes ports on loopback only', () => {
    const ports = services.flatMap(([, service]) => service.ports)
    expect(ports.length).toBeGreaterThan(0)
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/)
  })

  it('names only services and volumes that it has', () => {
    const wanted = services.flatMap(([, service]) => Object.keys(service.depends_on))
    expect(Object.keys(compose.services)).toEqual(expect.arrayContaining(wanted))
    const named = services
      .flatMap(([, service]) => service.volumes.map((volume) => volume.split(':')[0] ?? ''))
      .filter((volume) => !volume.startsWith('.'))
    expect(Object.keys(compose.volumes).toSorted()).toEqual([...new Set(named)].toSorted())
  })

  it('gives ClickHouse the durability of the embedded engine, and its user no rights over others', () => {
    const { volumes, environment } = compose.services['clickhouse'] ?? expect.unreachable()
    const [file = ''] = volumes.flatMap(
      (volume) => /^\.\/(?<file>.+):\/etc\/clickhouse-server\/config\.d\//.exec(volume)?.[1] ?? [],
    )
    const settings = /<merge_tree>[^]*<\/merge_tree>/
    const embedded = readFileSync(join(ROOT, 'src/clickhouse-endpoint/engine.ts'), 'utf8')
    const [given] = settings.exec(readFileSync(join(ROOT, file), 'utf8')) ?? []
    expect(given?.match(/<fsync\w+>1</g)).toEqual(settings.exec(embedded)?.[0].match(/<fsync\w+>1</g))
    expect(given).toContain('<fsync_after_insert>1<')
    expect(environment).not.toHaveProperty('CLICKHOUSE_DEFAULT_ACCESS_MANAGEMENT')
  })

  it('holds no secret of its own', () => {
    const secrets = services.flatMap(([, service]) =>
      Object.entries(service.environment).filter(([name]) => /KEY|PASSWORD|TOKEN|HEADERS/.test(name)),
    )
    for (const [, value] of secrets) expect(value).toMatch(/\$\{\w+:\?set it in \.env\}$/)
  })
})

describe('docker-compose.cluster.yml', () => {
  const file = join(ROOT, 'docker-compose.cluster.yml')
  const text = readFileSync(file, 'utf8')
  const settings = readFileSync(join(ROOT, 'clickhouse/cluster/cluster.xml'), 'utf8')

  it('is valid for `docker compose config` where that is present, else for the Compose schema', async () => {
    const names = [...text.matchAll(/\$\{(\w+):\?set it in \.env\}/g)].map(([, name = '']) => [name, 'x'])
    expect(await findComposeErrors(file, Object.fromEntries(names))).toEqual([])
  })

  it('has the servers and Keepers that the settings of the cluster name, in the releases of the other file', () => {
    const { services: made } = z
      .object({ services: z.record(z.string(), z.object({ image: z.string().optional() })) })
      .parse(parse(text, { merge: true }))
    const named = [...settings.matchAll(/<host>(?<host>[^<]+)</g)].map(([, host = '']) => host)
    expect(Object.keys(made)).toEqual(expect.arrayContaining(named))
    expect(named).toHaveLength(7)
    for (const name of named.filter((host) => host.startsWith('clickhouse')))
      expect(made[name]?.image).toBe(compose.services['clickhouse']?.image)
    expect(made['gateway']?.image).toBe(collector.image)
  })

  it('holds no secret of its own, and publishes ports on loopback only', () => {
    for (const [, value] of text.matchAll(/(?:KEY|PASSWORD|TOKEN|SECRET): (?<value>.+)/g))
      expect(value).toMatch(/^\$\{\w+:\?set it in \.env\}$/)
    for (const [, ports] of text.matchAll(/ports: \["(?<ports>[^"]+)"/g))
      expect(ports).toMatch(/^127\.0\.0\.1:/)
  })
})
