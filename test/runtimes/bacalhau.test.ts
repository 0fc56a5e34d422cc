import { bacalhau } from '../../src/runtimes/bacalhau.ts'
import { describeRuntime } from '../contract/runtime-contract.ts'
import { ownNode, whyNoNode } from '../support/bacalhau.ts'

describeRuntime('bacalhau', () => ownNode('exectrail'), ['javascript', 'typescript', 'python'], {
  absent: await whyNoNode('exectrail'),
  sampled: ['typescript'],
  // 4 MiB take QuickJS in WASM 5 s each way.
  bigInputBytes: 1_048_576,
  // Filling 128 MiB of a WASM memory takes a node several seconds.
  hogMemoryBytes: 67_108_864,
  makeAbsent: () => bacalhau({ apiUrl: 'http://127.0.0.1:9', home: '/nonexistent', cacheDir: '', path: '' }),
  async killBackend(runtime) {
    const pid: unknown = 'pid' in runtime && typeof runtime.pid === 'function' ? await runtime.pid() : null
    if (typeof pid !== 'number' || pid < 2) throw new Error('no node runs')
    process.kill(pid, 'SIGKILL')
  },
})
