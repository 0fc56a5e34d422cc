import { subprocess } from '../../src/runtimes/subprocess.ts'
import { describeRuntime } from '../contract/runtime-contract.ts'
import { EMPTY_PATH, killSlots, localOptions } from '../support/local-runtime.ts'

describeRuntime(
  'subprocess',
  () => subprocess(localOptions()),
  ['javascript', 'typescript', 'python', 'bash'],
  { makeAbsent: () => subprocess(localOptions({ path: EMPTY_PATH })), killBackend: killSlots },
)
