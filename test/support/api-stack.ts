/** The HTTP surface over a real store and an executor that delivers nowhere, in a fresh home. */
import type { AppDependencies } from '../../src/api/context.ts'
import { createExecutor } from '../../src/executor/executor.ts'
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

/** Starts all of it; `stop` leaves nothing behind. */
export async function startApiStack(
  others: Partial<Pick<AppDependencies, 'signozUrl' | 'keys' | 'metadata'>> = {},
): Promise<ApiStack> {
  const home = await temporaryDirectory()
  const clickhouse = await startClickHouse()
  const executor = await createExecutor({ config: offlineConfig(home.path) })
  const service = await startService({
    store: clickhouse.store,
    callerStore: clickhouse.callerStore,
    executor,
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
