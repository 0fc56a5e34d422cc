import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryDirectory } from '../support/directory.ts'
import { makeRecord } from '../support/records.ts'
import { waitFor } from '../support/wait.ts'
import { begin, leave, openTrail } from './open-trail.ts'
import { startReceiver } from './receiver.ts'

/** Makes the only writer of a home look as one of another container: its pid means nothing here. */
function moveToAnotherContainer(home: string): void {
  const [path = ''] = globSync('outbox/*/owner.json', { cwd: home }).map((name) => join(home, name))
  const owner = JSON.parse(readFileSync(path, 'utf8'))
  writeFileSync(path, JSON.stringify({ ...owner, identity: { ...owner.identity, pidNamespace: 'other' } }))
}

it('a writer of another container is left alone while its heart beats, and taken over once it is silent', async () => {
  await using home = await temporaryDirectory()
  await using receiver = await startReceiver()
  const other = await openTrail(home.path, null)
  const { id } = leave(other)
  moveToAnotherContainer(home.path)
  const short = await openTrail(home.path, receiver.url)
  expect(await short.shutdown(300)).toEqual({ left: 0 })
  expect(receiver.completed()).toEqual([])
  const patient = await openTrail(home.path, receiver.url, { silenceMs: 100 })
  await patient.flush(100)
  await waitFor(() => patient.flush(500).then(() => receiver.completed().length > 0), {
    what: 'the silent one’s record',
  })
  expect(receiver.completed()).toEqual([id])
  await patient.shutdown(5000)
  await other.shutdown(0)
})

it('one taken for dead that turns out alive goes on elsewhere, and its true record follows the presumed crash', async () => {
  await using home = await temporaryDirectory()
  await using receiver = await startReceiver()
  let url: string | null = null
  const alive = await openTrail(home.path, null, {
    resolveEndpoint: () => Promise.resolve(url === null ? null : { url, headers: {} }),
  })
  const record = makeRecord()
  const entry = begin(alive, record)
  moveToAnotherContainer(home.path)
  const adopter = await openTrail(home.path, receiver.url, { silenceMs: 50 })
  await waitFor(() => adopter.flush(500).then(() => receiver.completed().length > 0), {
    what: 'the presumed crash',
  })
  await adopter.shutdown(5000)
  // Its heart beats every 5 s; then it finds its directory gone.
  await waitFor(() => globSync('outbox/*.2', { cwd: home.path }).length === 1, {
    what: 'a new directory',
  })
  entry.complete({ ...record, traceId: entry.traceId, spanId: entry.spanId })
  url = receiver.url
  expect(await alive.shutdown(10_000)).toEqual({ left: 0 })
  const completed = receiver.taken.filter(({ eventName }) => eventName === 'code_exec.completed')
  expect(completed.map(({ id, attributes }) => [id, attributes['error.type']])).toEqual([
    [record.executionId, 'executor_crashed'],
    [record.executionId, undefined],
  ])
  const [crash, truth] = completed
  expect(crash?.attributes['code_exec.started_at']).toBe(truth?.attributes['code_exec.started_at'])
  expect({ traceId: crash?.traceId, spanId: crash?.spanId }).toEqual({
    traceId: truth?.traceId,
    spanId: truth?.spanId,
  })
})
