/** The parts of the pipeline in order, in words. */
import type { Pipeline } from '../../../client/index.ts'
import { formatBytes, formatCount, formatMs } from '../../../format.ts'

export interface Stage {
  name: string
  state: 'good' | 'bad' | 'unknown'
  detail: string
  /** What waits in it. */
  holds?: string
  /** What it received from the stage before. */
  passed?: string
  /** What was lost on the way to it. */
  lost?: string
  /** What the stage before feeds too. */
  beside?: Pick<Stage, 'name' | 'state' | 'detail'>
}

export function stagesOf(view: Pipeline): readonly Stage[] {
  const { executor, outbox } = view
  return [
    {
      name: 'Executor',
      state: 'good',
      detail: `${formatCount(executor.running)} running, ${formatCount(executor.waiting)} waiting`,
      holds: `${formatCount(executor.completed)} of ${formatCount(executor.begun)} executions have ended`,
    },
    {
      name: 'Outbox',
      state: outbox.dropped > 0 || checkOf(view, 'outbox') === false ? 'bad' : 'good',
      detail: outbox.waitingBytes === 0 ? 'nothing waits' : `${formatBytes(outbox.waitingBytes)} wait`,
      ...(outbox.oldestMs === null ? {} : { holds: `the oldest for ${formatMs(outbox.oldestMs)}` }),
      passed: `${formatCount(outbox.written)} written`,
      ...lossOf([outbox.dropped, 'lost: no space']),
    },
    collectorStage(view),
    ...sinkStages(view),
    {
      name: 'Service',
      state: checkOf(view, 'store') === false ? 'bad' : 'good',
      detail: checkOf(view, 'store') === false ? 'the store does not answer' : 'reads the store',
      passed: 'queries',
    },
  ]
}

function collectorStage({ collector, outbox, ...view }: Pipeline): Stage {
  const details = {
    answers: `${formatCount(collector.accepted)} accepted`,
    silent: 'does not answer',
    external: 'runs elsewhere; its counts are not known here',
  }
  return {
    name: 'Collector',
    state:
      collector.state === 'silent' || checkOf(view, 'collector') === false
        ? 'bad'
        : collector.state === 'answers'
          ? 'good'
          : 'unknown',
    detail: details[collector.state],
    ...(outbox.retried > 0 ? { holds: `${formatCount(outbox.retried)} deliveries tried again` } : {}),
    passed: `${formatCount(outbox.sent)} sent`,
    ...lossOf([outbox.dead, 'rejected, kept in outbox/dead'], [collector.refused ?? 0, 'refused']),
  }
}

function isSigNoz({ exporter }: Pipeline['sinks'][number]): boolean {
  return exporter.includes('signoz')
}

/** ClickHouse, and beside it SigNoz where there is one. */
function sinkStages(view: Pipeline): Stage[] {
  const signoz = view.sinks.filter(isSigNoz)
  const others = view.sinks.filter((sink) => !isSigNoz(sink))
  const store = sinkStage('ClickHouse', others, checkOf(view, 'store'))
  if (signoz.length === 0) return [store]
  const { state, passed = '', lost } = sinkStage('SigNoz', signoz, undefined)
  const detail = lost === undefined ? passed : `${passed}, ${lost}`
  return [{ ...store, beside: { name: 'SigNoz', state, detail } }]
}

function sinkStage(name: string, sinks: Pipeline['sinks'], answers: boolean | undefined): Stage {
  const sum = (of: 'sent' | 'failed' | 'queueBytes'): number =>
    sinks.reduce((whole, sink) => whole + sink[of], 0)
  const words =
    answers === undefined ? 'an exporter of the Collector' : answers ? 'answers' : 'does not answer'
  return {
    name,
    state: answers === false || sum('failed') > 0 ? 'bad' : 'good',
    detail: words,
    ...(sum('queueBytes') > 0 ? { holds: `${formatBytes(sum('queueBytes'))} wait for it` } : {}),
    passed: sinks.length === 0 ? 'not known here' : `${formatCount(sum('sent'))} sent`,
    ...lossOf([sum('failed'), 'rejected']),
  }
}

/** Undefined where there is no such check. */
function checkOf({ parts }: Pick<Pipeline, 'parts'>, name: string): boolean | undefined {
  return parts.checks.find((check) => check.name === name)?.ready
}

function lossOf(...losses: readonly (readonly [number, string])[]): { lost?: string } {
  const counted = losses.flatMap(([count, words]) => (count === 0 ? [] : [`${formatCount(count)} ${words}`]))
  return counted.length === 0 ? {} : { lost: counted.join(', ') }
}
