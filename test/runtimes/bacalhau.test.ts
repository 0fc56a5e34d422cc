import { bacalhau } from '../../src/runtimes/bacalhau.ts'
import { describeRuntime } from '../contract/runtime-contract.ts'
import { ownNode, whyNoNode } from '../support/bacalhau.ts'

const BACALHAU_NAMES = [
  'BACALHAU_EXECUTION_ID',
  'BACALHAU_JOB_ID',
  'BACALHAU_JOB_TYPE',
  'BACALHAU_PARTITION_COUNT',
  'BACALHAU_PARTITION_INDEX',
]

describeRuntime('bacalhau', () => ownNode('exectrail'), ['python'], {
  absent: await whyNoNode('exectrail'),
  environmentNames: BACALHAU_NAMES,
  makeAbsent: () => bacalhau({ apiUrl: 'http://127.0.0.1:9', home: '/nonexistent', cacheDir: '', path: '' }),
  async killBackend(runtime) {
    const pid = 'pid' in runtime && typeof runtime.pid === 'function' ? await runtime.pid() : undefined
    process.kill(Number(pid), 'SIGKILL')
  },
})
