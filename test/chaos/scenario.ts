/** One scenario: what is broken, when, and how it is mended; the verdict is the same for all of them. */
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { temporaryDirectory } from '../support/directory.ts'
import { openTrail } from '../telemetry/open-trail.ts'
import { startRecorder, type Recorder, type Recording, type Said } from './recorder.ts'
import type { Stage } from './stage.ts'
import { BY_EXECUTION, BY_WORKFLOW, judge } from './verdict.ts'

export interface Scenario {
  /** For `--only`. */
  name: string
  /** Completes "every execution begun is stored once …". */
  says: string
  /** It breaks what all share; the others may run at the same time. */
  disturbs: 'all' | 'itself'
  run: (scene: Scene) => Promise<void>
}

/** Where one scenario plays: its own home and tenant on a stage that may be shared. */
export interface Scene {
  stage: Stage
  home: string
  organizationId: string
  form: 'short' | 'long'
  /** From 0 to 1, the same again with the same seed. */
  random: () => number
  /** Waits a time between the two, by the seed. */
  waitBetween: (leastMs: number, mostMs: number) => Promise<void>
  /** A process that records executions; by default at the rate of the form, to the Collector. */
  record: (change?: Partial<Recording> & { url?: string | null; home?: string }) => Recorder
  /** A process that runs code in sandboxes. */
  execute: (change?: Pick<Recording, 'blobs'>) => Recorder
  /** Something is wrong that sets of ids do not show. */
  fault: (text: string) => void
  /** Ends every recorder and has the outbox emptied; the ids that must be stored. */
  drain: () => Promise<Pick<Said, 'announced' | 'begun' | 'completed'>>
  /** Takes ids as stored by another way than a recorder. */
  allow: (id: string) => void
}

export interface Result {
  begun: number
  faults: string[]
}

/** Why a scenario cannot be played here. */
export class Unplayable extends Error {
  override readonly name = 'Unplayable'
}

interface Cast {
  recorder: Recorder
  home: string
  by: typeof BY_EXECUTION
  organizationId: string
}

const DRAIN_MS = 90_000
/** Executions a second. While parts are gone they go on, and all of them are sent and judged afterwards. */
const RATE = { short: 250, long: 1000 }

/** Plays a scenario, mends the stage and judges. @throws {Unplayable} */
export async function play(
  { run, disturbs }: Scenario,
  stage: Stage,
  { form, random }: Pick<Scene, 'form' | 'random'>,
): Promise<Result> {
  await using directory = await temporaryDirectory()
  const organizationId = `chaos-${randomUUID()}`
  const cast: Cast[] = []
  const faults: string[] = []
  const allowed = new Set<string>()
  const place = { directory: directory.path, home: directory.path, url: stage.otlpUrl, organizationId }
  const scene: Scene = {
    stage,
    home: directory.path,
    organizationId,
    form,
    random,
    waitBetween: (least, most) => pause(least + random() * (most - least)),
    record({ url = place.url, home = place.home, ...change } = {}) {
      const recorder = startRecorder(
        'recorder-child',
        { ...place, home, url },
        { rate: RATE[form], ...change },
      )
      cast.push({ recorder, home, by: BY_EXECUTION, organizationId })
      return recorder
    },
    execute(change = { blobs: null }) {
      const own = `${organizationId}-real`
      const recorder = startRecorder('executor-child', { ...place, organizationId: own }, change)
      cast.push({ recorder, home: place.home, by: BY_WORKFLOW, organizationId: own })
      return recorder
    },
    fault: (text) => void faults.push(text),
    drain: () => drain(cast, scene),
    allow: (id) => void allowed.add(id),
  }
  try {
    await run(scene)
    if (disturbs === 'all') await stage.mend()
    await scene.drain()
    return await conclude(stage, { cast, faults, allowed })
  } finally {
    for (const { recorder } of cast) await recorder.end('SIGKILL')
    if (disturbs === 'all') await stage.mend()
  }
}

/** SIGTERM to whoever lives; what they and the killed ones left is sent by the next process, this one. */
async function drain(
  cast: readonly Cast[],
  { stage, fault }: Scene,
): Promise<Pick<Said, 'announced' | 'begun' | 'completed'>> {
  await Promise.all(cast.map(({ recorder }) => recorder.end('SIGTERM')))
  for (const home of new Set(cast.map((one) => one.home))) {
    const next = await openTrail(home, stage.otlpUrl)
    const { left } = await next.shutdown(DRAIN_MS)
    const { lastError, dropped } = next.status()
    if (left > 0) fault(`${left} bytes are left in the outbox: ${lastError ?? ''}`)
    if (dropped > 0) fault(`${dropped} records were dropped: ${lastError ?? ''}`)
  }
  return unite(cast)
}

function unite(cast: readonly Cast[]): Pick<Said, 'announced' | 'begun' | 'completed'> {
  const all = { announced: new Set<string>(), begun: new Set<string>(), completed: new Set<string>() }
  for (const { recorder } of cast) {
    const said = recorder.said()
    for (const what of ['announced', 'begun', 'completed'] as const)
      for (const id of said[what]) all[what].add(id)
  }
  return all
}

async function conclude(
  stage: Stage,
  { cast, faults, allowed }: { cast: readonly Cast[]; faults: string[]; allowed: ReadonlySet<string> },
): Promise<Result> {
  let begun = 0
  for (const group of Map.groupBy(cast, ({ organizationId }) => organizationId).values()) {
    const [{ by, organizationId } = { by: BY_EXECUTION, organizationId: '' }] = group
    const said = unite(group)
    for (const id of allowed) said.announced.add(id)
    begun += said.begun.size
    faults.push(...(await judge(stage, { ...said, by, organizationId })))
    const dropped = group.map(({ recorder }) => Number(recorder.said().status?.['dropped'] ?? 0))
    if (dropped.some((records) => records > 0)) faults.push(`records were dropped: ${dropped.join(', ')}`)
  }
  if (begun === 0) faults.push('nothing was begun')
  return { begun, faults }
}
