/** An executor that seems dead, is taken over, and goes on. */
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { waitFor } from '../../support/wait.ts'
import { openTrail } from '../../telemetry/open-trail.ts'
import type { Scenario } from '../scenario.ts'

/** Above the heartbeat. */
const SILENCE_MS = 7000

const ownerStopped: Scenario = {
  name: 'owner-stopped',
  says: 'while the executor of another container is stopped, taken for dead, and goes on',
  disturbs: 'itself',
  async run(scene) {
    const rounds = scene.form === 'short' ? 1 : 5
    const recorder = scene.record({ silenceMs: SILENCE_MS })
    for (let round = 0; round < rounds; round += 1) {
      await recorder.begun(recorder.said().begun.size + 300)
      await scene.waitBetween(0, 300)
      recorder.signal('SIGSTOP')
      moveToAnotherContainer(scene.home)
      const adopter = await openTrail(scene.home, scene.stage.otlpUrl, { silenceMs: SILENCE_MS })
      await waitFor(() => adopter.flush(200).then(() => adopter.status().adopted > 0), {
        what: 'the stopped one to be taken over',
      })
      recorder.signal('SIGCONT')
      await recorder.begun(recorder.said().begun.size + 300)
      await adopter.shutdown(10_000)
    }
  },
}

/** Makes every writer look as one of another container: its pid means nothing here. */
function moveToAnotherContainer(home: string): void {
  for (const name of globSync('outbox/*/owner.json', { cwd: home })) {
    const path = join(home, name)
    const owner = JSON.parse(readFileSync(path, 'utf8'))
    writeFileSync(path, JSON.stringify({ ...owner, identity: { ...owner.identity, pidNamespace: 'other' } }))
  }
}

export const OWNERS: readonly Scenario[] = [ownerStopped]
