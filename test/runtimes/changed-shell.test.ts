/** Programs of bash that change the shell they run in. */
import { afterAll, describe, expect, it } from 'vitest'
import { subprocess } from '../../src/runtimes/subprocess.ts'
import { localOptions } from '../support/local-runtime.ts'
import { toyExecutor } from '../support/toy-executor.ts'

const runtime = subprocess(localOptions())
const executor = toyExecutor(runtime)
afterAll(() => runtime.close())

describe('a result of bash', () => {
  it.each([
    'set -r\nmain() { result 7; }',
    'main() { set -r; result 7; }',
    'ulimit -n 4\nmain() { result 7; }',
    'main() { ulimit -n 3; result 7; exit 0; }',
    'ulimit -f 0\nmain() { result 7; }',
    'printf() { echo no; }\nmain() { result 7; }',
    'declare() { return 1; }\nexit() { echo 8; }\nmain() { result 7; }',
    'builtin() { return 1; }\ncommand() { return 1; }\nmain() { result 7; }',
    'enable -n declare exit\nmain() { result 7; }',
    'shopt -s expand_aliases\nmain() { result 7; }\nalias main=false exit=false declare=false builtin=false',
    'readonly __status=5\nmain() { result 7; }',
    'exec 0<&- 1>&- 2>&-\nmain() { result 7; }',
    'set -eu; IFS=; PATH=\nmain() { result 7; }',
    'enable -n printf\nmain() { result 7; }',
    'enable -n printf\nmain() { echo 7 | result; }',
    'exec 3> /dev/null\nmain() { result 7; }',
    'exec 253> /dev/null\nmain() { result 7; exit 0; }',
    'exec 253>&-\nmain() { result 7; exit 0; }',
    'exec 252> /dev/null\nmain() { result 7; exit 0; }',
    'exec 3>&- 252>&-\nmain() { result 7; exit 0; }',
    'main() { exec 253> >(cat); echo 7 | result; exit 0; }',
  ])('arrives whatever the program makes of its shell: %s', async (code) => {
    expect(await executor.execute({ language: 'bash', code })).toMatchObject({
      outcome: 'success',
      result: 7,
    })
  })
})

it('fails where the program replaces every descriptor of its result', async () => {
  const code = 'main() { exec 3> /dev/null 252> /dev/zero 253> /dev/full; result 7; }'
  const execution = await executor.execute({ language: 'bash', code })
  expect(execution).toMatchObject({ outcome: 'failure', result: null })
  expect(execution.stderr).toContain(
    'result: the program closed or replaced the descriptor of its result, 253',
  )
})
