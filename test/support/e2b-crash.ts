/** Runs one endless program on the E2B at E2B_API_URL and says on stdout when it runs; made to be killed. */
import { e2b } from '../../src/runtimes/e2b.ts'
import { makeRequest, record } from './run-recorder.ts'

const [home = '', apiKey = ''] = process.argv.slice(2)
const runtime = e2b({ apiKey, home, report: () => undefined })
await record(runtime, makeRequest('bash', 'while :; do sleep 1; done'), {
  onRunning: () => process.stdout.write('running\n'),
})
