import { wasmedge } from '../../src/runtimes/wasmedge.ts'
import { describeRuntime } from '../contract/runtime-contract.ts'
import { EMPTY_PATH, killSlots } from '../support/local-runtime.ts'
import { findUncompiled, findWasmedge, wasmedgeOptions } from '../support/wasmedge.ts'

describeRuntime('wasmedge', () => wasmedge(wasmedgeOptions()), ['javascript', 'typescript', 'python'], {
  // Where it stays interpreted, JavaScript takes 20 s for 4 MiB, and as long until it holds 128 MiB.
  bigInputBytes: 1_048_576,
  hogMemoryBytes: 33_554_432,
  absent: await findWasmedge(),
  absentLanguages: await findUncompiled(),
  sampled: ['typescript'],
  makeAbsent: () => wasmedge(wasmedgeOptions({ path: EMPTY_PATH, cacheDir: EMPTY_PATH })),
  killBackend: killSlots,
})
