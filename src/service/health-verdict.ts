/** What the figures of a health report mean, in words. */
import { shareOf } from '../cost/money.ts'
import { formatMs, formatRate } from '../format.ts'
import { SEVERITIES, type Finding, type HealthReport, type Verdict } from './health-figures.ts'

type Figures = Omit<HealthReport, 'verdict' | 'summary' | 'findings'> & { worseCount: number }

const MESSAGE_MAX = 120

export function describeReport(figures: Figures): Pick<HealthReport, 'verdict' | 'summary' | 'findings'> {
  const findings = [
    describePipeline(figures),
    ...describeTotal(figures),
    ...describeAgents(figures),
    describeErrors(figures),
  ].toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity))
  const verdict = verdictOf(figures, findings)
  return { verdict, summary: summaryOf(verdict, figures), findings }
}

function verdictOf({ pipeline, total, newErrors }: Figures, findings: readonly Finding[]): Verdict {
  if (!pipeline.ready) return 'broken'
  if (total.now.count === 0) return 'quiet'
  if (findings.some(({ severity }) => severity === 'bad')) return 'degraded'
  return newErrors.length > 0 ? 'watch' : 'healthy'
}

function summaryOf(verdict: Verdict, { total, worseCount, newErrors, pipeline }: Figures): string {
  const ran = `${total.now.count} executions, ${formatRate(rateOf(total.now))} of them successful`
  const failing = pipeline.checks.filter(({ ready }) => !ready).map(({ name }) => name)
  return {
    broken: `Records do not arrive: ${failing.join(', ')} ${failing.length === 1 ? 'is' : 'are'} not ready. ${ran}.`,
    degraded: `${worseCount === 0 ? 'The whole is' : counted(worseCount, 'agent is', 'agents are')} worse than before. ${ran}.`,
    watch: `${counted(newErrors.length, 'new error', 'new errors')}; no agent is worse than before beyond chance. ${ran}.`,
    healthy: `No worse than before, as far as the figures show. ${ran}.`,
    quiet: 'Nothing ran.',
  }[verdict]
}

function describePipeline({ pipeline }: Figures): Finding {
  const failing = pipeline.checks.filter(({ ready }) => !ready)
  if (failing.length === 0) return { severity: 'good', text: 'The pipeline delivers: every part is ready' }
  const parts = failing.map(({ name, detail }) => `${name} (${detail})`).join(', ')
  return {
    severity: 'bad',
    text: `The pipeline does not deliver: ${parts}; \`exectrail doctor\` says what to do`,
  }
}

function describeTotal({ total }: Figures): Finding[] {
  const { now, before, successRateDifference: change } = total
  if (now.count === 0)
    return [{ severity: 'unknown', text: `Nothing ran; ${before.count} executions before` }]
  if (change === null)
    return [{ severity: 'unknown', text: `${now.count} executions, and none before to compare them with` }]
  const figures = `${formatRate(rateOf(now))} of ${now.count}, ${formatRate(rateOf(before))} of ${before.count} before (change ${signed(change.low)} to ${signed(change.high)} points)`
  if (!change.significant)
    return [{ severity: 'good', text: `Success is as before, or differs no more than by chance: ${figures}` }]
  return change.estimate < 0
    ? [{ severity: 'bad', text: `Success fell: ${figures}` }]
    : [{ severity: 'good', text: `Success rose: ${figures}` }]
}

function describeAgents({ worseAgents, worseCount, agentCount, slowestAgents }: Figures): Finding[] {
  const findings = worseAgents.map(({ agentId, reasons }): Finding => {
    return { severity: 'bad', text: `${agentId ?? '(no agent)'} got worse: ${reasons.join('; ')}` }
  })
  const [slow] = slowestAgents
  if (worseCount === 0 && agentCount > 0)
    findings.push({
      severity: 'good',
      text: `None of ${counted(agentCount, 'agent', 'agents')} got worse beyond chance`,
    })
  if (worseCount > worseAgents.length)
    findings.push({ severity: 'bad', text: `${worseCount - worseAgents.length} more agents got worse` })
  if (slow !== undefined)
    findings.push({
      severity: 'unknown',
      text: `The slowest agent is ${slow.agentId ?? '(no agent)'}: p95 ${formatMs(slow.now.durationP95Ms)} of ${slow.now.count} executions`,
    })
  return findings
}

function describeErrors({ newErrors }: Figures): Finding {
  const [first] = newErrors
  if (first === undefined) return { severity: 'good', text: 'No error is new' }
  const message = first.message.slice(0, MESSAGE_MAX).toWellFormed()
  return {
    severity: 'warning',
    text: `${counted(newErrors.length, 'error is', 'errors are')} new; the most frequent, ${counted(first.count, 'time', 'times')}: ${message}`,
  }
}

function rateOf({ count, successCount }: { count: number; successCount: number }): number | null {
  return shareOf(successCount, count)
}

function signed(share: number): string {
  return `${share > 0 ? '+' : ''}${(share * 100).toFixed(1)}`
}

function counted(count: number, one: string, several: string): string {
  return `${count} ${count === 1 ? one : several}`
}
