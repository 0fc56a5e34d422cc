import { expectTypeOf, it } from 'vitest'
import type { Operations } from '../../src/client/index.ts'
import type { ErrorDecision } from '../../src/metadata/error-states.ts'
import type { ReadinessView } from '../../src/service/check-readiness.ts'
import type { HealthReport } from '../../src/service/health-figures.ts'
import type { AuditPage } from '../../src/service/list-audit.ts'
import type { ErrorView } from '../../src/service/error-view.ts'
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
  expectTypeOf<Reply<'listAudit'>>().toExtend<AuditPage>()
  expectTypeOf<AuditPage>().toExtend<Reply<'listAudit'>>()
  expectTypeOf<Reply<'getHealthReport'>>().toExtend<HealthReport>()
  expectTypeOf<HealthReport>().toExtend<Reply<'getHealthReport'>>()
})
