import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import { join } from 'node:path'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { v7 as uuidv7 } from 'uuid'
import { spoolRoot } from '../../src/blobs/spool/spool.ts'
import { FailedCheck, type DoctorContext } from '../../src/service/doctor/check.ts'
import { CHECKS } from '../../src/service/doctor/checks.ts'
import { listRuntimes } from '../../src/service/list-runtimes.ts'
import { writeEndpoints } from '../../src/stack/endpoints.ts'
import { createExecutor } from '../../src/executor/executor.ts'
import { clientFor } from '../../src/cli/service-client.ts'
import { subprocess } from '../../src/runtimes/subprocess.ts'
import { createStore } from '../../src/store/client.ts'
import { noteLoss } from '../../src/telemetry/outbox/losses.ts'
import { offlineConfig } from '../support/configuration.ts'
import { freshHome } from '../support/of-test.ts'
import { localOptions } from '../support/local-runtime.ts'
import { leave, openTrail } from '../telemetry/open-trail.ts'

const NOWHERE = 'http://127.0.0.1:9'

afterEach(() => vi.unstubAllEnvs())

async function listen(answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
}

const answering = (status: number): Promise<string> =>
  listen((request, response) => {
    request.resume()
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}')
  })

async function contextWith(extra: Record<string, string> = {}): Promise<DoctorContext> {
  const config = offlineConfig(await freshHome(), extra)
  const executor = await createExecutor({ config })
  onTestFinished(async () => void (await executor.close(0)))
  const store = createStore({ url: NOWHERE, user: 'u', password: 'p', database: 'd' })
  onTestFinished(() => store.close())
  const getFromService = (service: string, key: string, path: string) => clientFor(service, key).get(path)
  return { config, executor, runtimes: [], store, getFromService }
}

/** Makes it look as if a stack ran for the home of a context, with its service at `service`. */
async function publish(
  { config }: DoctorContext,
  service: string,
  reader: string | null = null,
): Promise<void> {
  const rest = { otlpGrpc: null, collectorHealth: null, collectorMetrics: null }
  const access = {
    clickhouseUser: 'u',
    clickhousePassword: 'p',
    clickhouseReader: reader,
    clickhouseReaderPassword: reader,
  }
  await writeEndpoints(config.home, { service, clickhouse: NOWHERE, otlpHttp: NOWHERE, ...rest, ...access })
}

/** What a link says: that it holds, or why not and what to do. */
async function ask(name: string, given: DoctorContext): Promise<string> {
  const check = CHECKS.find((one) => one.name === name)
  if (check === undefined) throw new Error(`there is no link ${name}`)
  try {
    const answer = await check.run(given)
    return typeof answer === 'string' ? `ok: ${answer}` : `skipped: ${answer.skipped} – fix: ${answer.fix}`
  } catch (error) {
    if (error instanceof FailedCheck) return `broken: ${error.message} – fix: ${error.fix}`
    throw error
  }
}

describe('the wall around the store', () => {
  it('is reported where it stands', async () => {
    const given = await contextWith()
    await publish(given, NOWHERE, 'reader')
    expect(await ask('wall', given)).toMatch(/^ok: .*sandbox.*as reader$/u)
  })

  it('is reported with its remedy where it is absent', async () => {
    const given = await contextWith({ PATH: '/nowhere' })
    await publish(given, NOWHERE)
    expect(await ask('wall', given)).toMatch(
      /^skipped: .*administrators only.*bubblewrap was not found – fix: apt-get install.*start the stack again$/u,
    )
  })

  it('is no matter of ours around a store of the environment', async () => {
    const given = await contextWith({ CLICKHOUSE_URL: NOWHERE })
    expect(await ask('wall', given)).toMatch(/^skipped: the store is not ours/u)
  })
})

describe('the metadata', () => {
  it('is named, with what to do, where its Postgres does not answer', async () => {
    const given = await contextWith({ DATABASE_URL: 'postgresql://u@127.0.0.1:9/d' })
    expect(await ask('metadata', given)).toMatch(/^broken: .*cannot be reached.* – fix: Check DATABASE_URL/u)
  })

  it('is not ours to ask where the stack has another', async () => {
    expect(await ask('metadata', await contextWith())).toMatch(/^skipped: .*DATABASE_URL/u)
  })
})

describe('whole content', () => {
  const waitingSince = async ({ config }: DoctorContext, ms: number): Promise<void> => {
    const directory = join(spoolRoot(config.home), 'gone@none')
    await mkdir(directory, { recursive: true })
    await writeFile(join(directory, `${uuidv7({ msecs: Date.now() - ms })}.2048.json`), '{}')
  }

  it('is reported with its store and what waits', async () => {
    const given = await contextWith()
    expect(await ask('blobs', given)).toMatch(/^ok: the blob store answers at .*blobs; nothing waits$/u)
    await waitingSince(given, 60_000)
    expect(await ask('blobs', given)).toMatch(/^ok: .*; 1 blobs \(2.*\) wait, the oldest for 6\d s$/u)
    await waitingSince(given, 900_000)
    expect(await ask('blobs', given)).toMatch(
      /^broken: .*2 blobs \(4.*the oldest for 9\d\d s – fix: .*exectrail up/u,
    )
  })

  it('that was dropped is named with the reason', async () => {
    const given = await contextWith()
    noteLoss(spoolRoot(given.config.home), { executorId: 'e', records: 3, why: 'the spool is full' })
    expect(await ask('blobs', given)).toMatch(
      /^broken: 3 blobs were not kept in a week, last at .*: the spool is full.*EXECTRAIL_BLOBS_SPOOL_MAX_MB/u,
    )
  })

  it('is named, with what to do, where its store cannot be written', async () => {
    const given = await contextWith()
    await writeFile(join(given.config.home, 'blobs'), 'no directory')
    expect(await ask('blobs', given)).toMatch(
      /^broken: the blob store does not answer: .* – fix: .*EXECTRAIL_BLOBS/u,
    )
  })

  it('may be switched off', async () => {
    expect(await ask('blobs', await contextWith({ EXECTRAIL_BLOBS: 'none' }))).toMatch(/^skipped: .*=none/u)
  })
})

describe('SigNoz', () => {
  it.each([
    [200, /^ok: answers/u],
    [401, /^broken: .*ingestion key.*SIGNOZ_INGESTION_KEY/u],
    [404, /^broken: .*takes no OTLP.*SIGNOZ_OTLP_ENDPOINT/u],
    [500, /^broken: SigNoz answers 500.*gives up/u],
    [503, /^broken: SigNoz answers 503.*tries again/u],
  ])('that answers %i is reported', async (status, words) => {
    expect(await ask('SigNoz', await contextWith({ SIGNOZ_OTLP_ENDPOINT: await answering(status) }))).toMatch(
      words,
    )
  })

  it('that is away is reported', async () => {
    expect(await ask('SigNoz', await contextWith({ SIGNOZ_OTLP_ENDPOINT: NOWHERE }))).toMatch(
      /^broken: SigNoz does not answer.*Collector keeps/u,
    )
  })
})

describe('the Collector', () => {
  it('is asked with the headers of the sender, and one that wants others is named', async () => {
    const url = await listen((request, response) => {
      request.resume()
      response.writeHead(request.headers.authorization === 'Bearer right' ? 200 : 401).end('{}')
    })
    const given = await contextWith({ OTEL_EXPORTER_OTLP_ENDPOINT: url })
    expect(await ask('Collector', given)).toMatch(/^broken: .*401.*OTEL_EXPORTER_OTLP_HEADERS/u)
    vi.stubEnv('OTEL_EXPORTER_OTLP_HEADERS', 'Authorization=Bearer%20right')
    expect(await ask('Collector', given)).toBe(`ok: takes OTLP at ${url}`)
  })

  it('at a wrong endpoint is reported with the variable that names it', async () => {
    expect(await ask('Collector', await contextWith({ OTEL_EXPORTER_OTLP_ENDPOINT: NOWHERE }))).toMatch(
      /^broken: .*ECONNREFUSED.*Check OTEL_EXPORTER_OTLP_ENDPOINT/u,
    )
  })
})

it('a stack that was killed is not taken for one that runs', async () => {
  const given = await contextWith()
  expect(await ask('stack', given)).toMatch(/^broken: no stack runs.*exectrail up/u)
  await publish(given, NOWHERE)
  expect(await ask('stack', given)).toMatch(
    /^broken: .*nothing answers at http:\/\/127\.0\.0\.1:9.*exectrail up/u,
  )
  await publish(given, await answering(200))
  expect(await ask('stack', given)).toMatch(/^ok: runs/u)
})

it('the service is asked first for what needs no store, and a key it refuses is reported', async () => {
  const given = await contextWith({ EXECTRAIL_API_KEY: 'a key of 16 letters' })
  const url = await listen((request, response) => {
    // Whatever asks the store hangs.
    if (request.url === '/v1/runtimes') response.end('{"data":[]}')
  })
  await publish(given, url)
  expect(await ask('service', given)).toBe(`ok: answers at ${url}`)
  const refusing = await listen((_request, response) => {
    response.writeHead(401, { 'content-type': 'application/problem+json' }).end('{"code":"unauthorized"}')
  })
  await publish(given, refusing)
  expect(await ask('service', given)).toMatch(/^broken: .*fix: Set EXECTRAIL_API_KEY/u)
})

it('a store that does not serve is reported with the place of its log, or the variable that names it', async () => {
  expect(await ask('ClickHouse', await contextWith())).toMatch(/^broken: .*ECONNREFUSED.*store\.log/u)
  expect(await ask('ClickHouse', await contextWith({ CLICKHOUSE_URL: NOWHERE }))).toMatch(
    /Check CLICKHOUSE_URL/u,
  )
})

it('the runtimes tell where nothing holds the network back', async () => {
  const given = await contextWith()
  const weak = subprocess(localOptions({ namespaces: 'off' }))
  onTestFinished(() => weak.close())
  const executor = { runtimes: async () => [{ runtime: weak, readiness: await weak.check() }] }
  expect(await ask('runtimes', { ...given, runtimes: await listRuntimes(executor) })).toBe(
    'ok: subprocess (process: network "none" and hidden files do not hold)',
  )
})

it('the outbox tells what waits of other processes, and what any of them lost', async () => {
  const given = await contextWith()
  const { home } = given.config
  expect(await ask('outbox', given)).toBe('ok: nothing waits')
  const other = await openTrail(home, null)
  onTestFinished(async () => void (await other.shutdown(0)))
  leave(other)
  expect(await ask('outbox', given)).toMatch(/^ok: .* of 1 other process waits$/u)
  noteLoss(join(home, 'outbox'), { executorId: 'e', records: 7, why: 'no space left' })
  expect(await ask('outbox', given)).toMatch(
    /^broken: 7 records were lost.*no space left – fix: Make room.*EXECTRAIL_OUTBOX_MAX_MB/u,
  )
})
