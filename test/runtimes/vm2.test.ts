import { vm2 } from '../../src/runtimes/vm2.ts'
import { describeRuntime } from '../contract/runtime-contract.ts'
import { EMPTY_PATH, killSlots, localOptions } from '../support/local-runtime.ts'

describeRuntime('vm2', () => vm2(localOptions()), ['javascript', 'typescript'], {
  sampled: ['typescript'],
  makeAbsent: () => vm2(localOptions({ path: EMPTY_PATH })),
  killBackend: killSlots,
})
