import { subprocess } from '../../src/runtimes/subprocess.ts'
import { describeRuntime } from '../contract/runtime-contract.ts'
import { localOptions } from '../support/local-runtime.ts'

describeRuntime(
  'subprocess without control groups',
  () => subprocess(localOptions({ cgroups: 'off' })),
  ['javascript', 'python', 'bash', 'typescript'],
  { sampled: ['typescript'] },
)

describeRuntime(
  'subprocess as a plain process',
  () => subprocess(localOptions({ namespaces: 'off', cgroups: 'off' })),
  ['javascript', 'python', 'bash', 'typescript'],
  { readiness: 'weaker', lacks: ['files', 'folders in /out'], sampled: ['typescript'] },
)
