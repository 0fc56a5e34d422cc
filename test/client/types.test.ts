import { expectTypeOf, it } from 'vitest'
import type { AlertView } from '../../src/alerts/alert-view.ts'
import type { DryRun } from '../../src/alerts/dry-run.ts'
import type { ChannelView } from '../../src/alerts/manage-channels.ts'
import type { RuleView } from '../../src/alerts/manage-rules.ts'
import type { Operations } from '../../src/client/index.ts'
import type { StoredEvaluation } from '../../src/metadata/alert-evaluations.ts'
import type { StoredSilence } from '../../src/metadata/alert-silences.ts'
import type { ErrorDecision } from '../../src/metadata/error-states.ts'
import type { ReadinessView } from '../../src/service/check-readiness.ts'
import type { HealthReport } from '../../src/service/health-figures.ts'
import type { AuditPage } from '../../src/service/list-audit.ts'
import type { ErrorView } from '../../src/service/error-view.ts'
import type { PipelineView } from '../../src/service/pipeline.ts'
import type { KeyView } from '../../src/service/manage-keys.ts'

type Reply<Name extends keyof Operations> = Operations[Name]['reply']

it('replies that the client writes down itself are those of the service', () => {
  expectTypeOf<Reply<'readiness'>>().toExtend<ReadinessView>()
  expectTypeOf<ReadinessView>().toExtend<Reply<'readiness'>>()
  expectTypeOf<Reply<'getErrors'>['data'][number]>().toExtend<ErrorView>()
  expectTypeOf<ErrorView>().toExtend<Reply<'getErrors'>['data'][number]>()
  expectTypeOf<Reply<'changeError'>>().toExtend<ErrorDecision>()
  expectTypeOf<ErrorDecision>().toExtend<Reply<'changeError'>>()
  expectTypeOf<Reply<'listKeys'>['data'][number]>().toExtend<KeyView>()
  expectTypeOf<KeyView>().toExtend<Reply<'listKeys'>['data'][number]>()
  expectTypeOf<Reply<'getPipeline'>>().toExtend<PipelineView>()
  expectTypeOf<PipelineView>().toExtend<Reply<'getPipeline'>>()
  expectTypeOf<Reply<'listAudit'>>().toExtend<AuditPage>()
  expectTypeOf<AuditPage>().toExtend<Reply<'listAudit'>>()
  expectTypeOf<Reply<'getHealthReport'>>().toExtend<HealthReport>()
  expectTypeOf<HealthReport>().toExtend<Reply<'getHealthReport'>>()
})

it('and so are those of alerts', () => {
  expectTypeOf<Reply<'getAlertRule'>>().toExtend<RuleView>()
  expectTypeOf<RuleView>().toExtend<Reply<'getAlertRule'>>()
  expectTypeOf<Reply<'resolveAlert'>>().toExtend<AlertView>()
  expectTypeOf<AlertView>().toExtend<Reply<'resolveAlert'>>()
  expectTypeOf<Reply<'testAlertChannel'>>().toExtend<ChannelView>()
  expectTypeOf<ChannelView>().toExtend<Reply<'testAlertChannel'>>()
  expectTypeOf<DryRun>().toExtend<Reply<'dryRunAlertRule'>>()
  expectTypeOf<Reply<'silenceAlerts'>>().toExtend<StoredSilence>()
  expectTypeOf<StoredSilence>().toExtend<Reply<'silenceAlerts'>>()
  expectTypeOf<StoredEvaluation>().toExtend<Reply<'listAlertEvaluations'>['data'][number]>()
})
