/** The HTTP surface over a real store and an executor that delivers nowhere, in a fresh home. */
import type { AppDependencies, RegistryChecks } from '../../src/api/context.ts'
import { sourceOf } from '../../src/budgets/source.ts'
import { createExecutor } from '../../src/executor/executor.ts'
import { checkingWith } from '../../src/service/registry/check-at-publishing.ts'
import { startClickHouse, type RunningClickHouse } from './clickhouse.ts'
import { offlineConfig } from './configuration.ts'
import { temporaryDirectory } from './directory.ts'
import { startService, type TestService } from './service.ts'

export interface ApiStack {
  /** Home of the executor. */
  home: string
  clickhouse: RunningClickHouse
  service: TestService
  stop: () => Promise<void>
}

type Others = Partial<
  Pick<
    AppDependencies,
    'signozUrl' | 'contentDays' | 'blobs' | 'keys' | 'metadata' | 'dashboard' | 'alertOutlets'
  >
>

/**
 * Starts all of it; `stop` leaves nothing behind.
 * @param others `signatures`: versions of code agents are checked when they are published, as a service does
 */
export async function startApiStack({
  signatures,
  ...others
}: Others & { signatures?: RegistryChecks['signatures'] } = {}): Promise<ApiStack> {
  const home = await temporaryDirectory()
  const clickhouse = await startClickHouse()
  const { metadata } = others
  const budgets = metadata ? { budgets: sourceOf(metadata.database) } : {}
  const executor = await createExecutor({ config: offlineConfig(home.path), ...budgets })
  const service = await startService({
    store: clickhouse.store,
    callerStore: clickhouse.callerStore,
    executor,
    ...(signatures !== undefined && { registry: { check: checkingWith(executor), signatures } }),
    ...others,
  })
  return {
    home: home.path,
    clickhouse,
    service,
    stop: async () => {
      await service.close()
      await executor.close(0)
      await clickhouse.stop()
      await home[Symbol.asyncDispose]()
    },
  }
}
