/** The contract through the real SDK, against the stand-in; `e2b-live.test.ts` holds the provider itself to it. */
import { afterAll, expect } from 'vitest'
import { describeRuntime } from '../contract/runtime-contract.ts'
import { e2bOn } from '../support/e2b.ts'
import { E2bStandIn } from '../support/e2b-stand-in/server.ts'
import { EMPTY_PATH } from '../support/local-runtime.ts'

const standIn = await E2bStandIn.start()
const absent = standIn === null ? 'the stand-in runs its sandboxes in bubblewrap, which is not here' : null

function stand(): E2bStandIn {
  if (standIn === null) throw new Error(absent ?? '')
  return standIn
}

afterAll(async () => {
  expect([...(standIn?.sandboxes.keys() ?? [])]).toEqual([])
  await standIn?.close()
})

describeRuntime('e2b on the stand-in', () => e2bOn(stand()), ['javascript', 'typescript', 'python', 'bash'], {
  absent,
  sampled: ['typescript'],
  makeAbsent: () => e2bOn(stand(), { apiKey: null, home: EMPTY_PATH }),
  killBackend: async () => {
    await Promise.all([...stand().sandboxes.keys()].map((id) => stand().kill(id)))
  },
})
