import { wasmedge } from '../../src/runtimes/wasmedge.ts'
import { describeRuntime } from '../contract/runtime-contract.ts'
import { EMPTY_PATH, killSlots } from '../support/local-runtime.ts'
import { findUncompiled, findWasmedge, wasmedgeOptions } from '../support/wasmedge.ts'

describeRuntime('wasmedge', () => wasmedge(wasmedgeOptions()), ['javascript', 'typescript', 'python'], {
  absent: await findWasmedge(),
  absentLanguages: await findUncompiled(),
  makeAbsent: () => wasmedge(wasmedgeOptions({ path: EMPTY_PATH, cacheDir: EMPTY_PATH })),
  killBackend: killSlots,
})
