/** An executor as benchmarks use it: full telemetry into a home of its own, delivered to a receiver. */
import { loadConfig } from '../../src/config.ts'
import { createExecutor, type Executor } from '../../src/executor/executor.ts'

/** Creates one whose outbox lies in `home` and whose records go to `receiver`. */
export function createBenchExecutor(
  home: string,
  receiver: { url: string },
  more: Readonly<Record<string, string>> = {},
): Promise<Executor> {
  return createExecutor({
    config: loadConfig({
      ...process.env,
      EXECTRAIL_HOME: home,
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      ...more,
    }),
  })
}
