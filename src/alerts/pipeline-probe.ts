/** Faults of the way that records take, as numbers for rules of kind `pipeline`. */
import { LRUCache } from 'lru-cache'
import type { PipelineView } from '../service/pipeline.ts'
import type { ConditionOf, PipelineFault } from './conditions.ts'
import type { Reading } from './readings.ts'

/** Counters at one moment, for faults that are a change since then. */
interface Seen {
  lost: number
  sent: ReadonlyMap<string, number>
}

/** The pipeline at one moment. Faults that are a change are so since the last look that was kept for the rule. */
export interface PipelineLook {
  faultOf(fault: PipelineFault, ruleId: string): number
  /** Has the next looks of these rules compared with this one. */
  keep(ruleIds: readonly string[]): void
}

/** Shows the pipeline as it is. */
export interface Pipeline {
  look(): Promise<PipelineLook>
}

/** Rules whose last look is remembered. */
const REMEMBERED = 10_000

/** Reads the pipeline of this installation. */
export class PipelineProbe implements Pipeline {
  readonly #view: () => Promise<PipelineView>
  readonly #seen = new LRUCache<string, Seen>({ max: REMEMBERED })

  constructor(view: () => Promise<PipelineView>) {
    this.#view = view
  }

  async look(): Promise<PipelineLook> {
    const { outbox, sinks, parts } = await this.#view()
    const lost = outbox.dead + outbox.dropped
    const now: Seen = { lost, sent: new Map(sinks.map((sink) => [nameOf(sink), sink.sent])) }
    const faults: Readonly<Record<PipelineFault, (seen: Seen | undefined) => number>> = {
      outbox_age: () => (outbox.oldestMs ?? 0) / 1000,
      records_lost: (seen) => Math.max(0, lost - (seen?.lost ?? lost)),
      sink_failing: (seen) =>
        sinks.filter((sink) => sink.queueBytes > 0 && seen?.sent.get(nameOf(sink)) === sink.sent).length,
      part_down: () => parts.checks.filter(({ ready }) => !ready).length,
    }
    return {
      faultOf: (fault, ruleId) => faults[fault](this.#seen.get(ruleId)),
      keep: (ruleIds) => {
        for (const id of ruleIds) this.#seen.set(id, now)
      },
    }
  }
}

/** Answers with the first look, however often it is asked. */
export function lookOnce(pipeline: Pipeline): Pipeline {
  let look: Promise<PipelineLook> | null = null
  return { look: () => (look ??= pipeline.look()) }
}

function nameOf({ exporter, signal }: PipelineView['sinks'][number]): string {
  return `${exporter} ${signal}`
}

const WORDS: Readonly<Record<PipelineFault, (value: number) => string>> = {
  outbox_age: (value) => `the oldest record in the outbox waits for ${value.toFixed(0)} s`,
  records_lost: (value) => `${value} records were lost or refused since the window before`,
  sink_failing: (value) => `${value} sinks of the Collector have a queue and send nothing`,
  part_down: (value) => `${value} parts of the installation do not answer`,
}

/** The reading of a rule. Counts have no executions, so that no minimum applies. */
export function readFault({ fault }: ConditionOf<'pipeline'>, value: number): Reading {
  return { kind: 'sample', value, count: 1, words: WORDS[fault](value) }
}
