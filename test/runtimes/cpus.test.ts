/** How many processors a program counts where its host has a quota of their time. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { makeRequest } from '../support/run-recorder.ts'
import { waitFor } from '../support/wait.ts'

const CONTROLLER = '/sys/fs/cgroup/cpu'
const LOCAL = new URL('../../src/runtimes/subprocess.ts', import.meta.url).href

/** A group with half a processor, as a container may be; null where none can be made. */
function makeGroup(): string | null {
  try {
    const group = mkdtempSync(`${CONTROLLER}/exectrail-test-`)
    writeFileSync(`${group}/cpu.cfs_period_us`, '100000')
    writeFileSync(`${group}/cpu.cfs_quota_us`, '50000')
    return group
  } catch {
    return null
  }
}

const REQUESTS = [
  makeRequest('bash', 'main() { result "$(nproc)"; }'),
  makeRequest('python', 'import os\ndef main(input):\n    return os.cpu_count()'),
  makeRequest('javascript', "import os from 'node:os'\nexport const main = () => os.availableParallelism()"),
]

/** What the programs count in two runs each, the second of which may be forked. */
async function countIn(group: string): Promise<string[]> {
  const script = `
    import { subprocess } from ${JSON.stringify(LOCAL)}
    const runtime = subprocess({ path: process.env.PATH, requireIsolation: true })
    const io = { signal: new AbortController().signal, onOutput() {}, onRunning() {} }
    const requests = ${JSON.stringify(REQUESTS)}
    for (const request of [...requests, ...requests]) console.log((await runtime.run(request, io)).result)
    await runtime.close()`
  const command = `echo $$ > ${group}/cgroup.procs; exec "$0" --input-type=module -e "$1"`
  const child = spawn('/bin/sh', ['-c', command, process.execPath, script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return (await text(child.stdout)).trim().split('\n')
}

it('is what the quota is worth', async ({ skip }) => {
  const group = makeGroup()
  if (group === null || availableParallelism() < 2) {
    skip('no control group for processors, or one alone')
    return
  }
  expect(await countIn(group)).toEqual(['1', '1', '1', '1', '1', '1'])
  await waitFor(() => removed(group), { what: 'the group to be empty' })
})

function removed(group: string): boolean {
  try {
    rmdirSync(group)
    return true
  } catch {
    return false
  }
}
