export { loadConfig, type Config } from './config.ts'
export * from './errors.ts'
export type * from './execution.ts'
export {
  createExecutor,
  type Executor,
  type ExecutorOptions,
  type ExecutorStatus,
} from './executor/executor.ts'
export type {
  Capabilities,
  Readiness,
  Runtime,
  RuntimeExit,
  RuntimeIo,
  RuntimeRequest,
} from './runtimes/runtime.ts'
export { e2b, type E2bOptions } from './runtimes/e2b.ts'
export { wasmedge } from './runtimes/wasmedge.ts'
export type { WasmedgeOptions } from './runtimes/wasmedge/toolchain.ts'
