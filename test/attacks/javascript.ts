import { expect } from 'vitest'
import { attacksIn, CONTAINED, REFUSED, TIMEOUT, type Attack } from './attack.ts'

const attempt = (body: string): string =>
  `const show = (f) => { try { return String(f()) } catch (e) { return 'refused ' + (e.code ?? e.message) } }\n${body}`

/** Node in a sandbox: no wall of its own, so all must be held from outside. */
export const JAVASCRIPT_ATTACKS: readonly Attack[] = attacksIn('subprocess', 'javascript', [
  {
    tries: 'to read a file of the host',
    code: ({ file }) => attempt(`console.log(show(() => require('fs').readFileSync('${file}', 'utf8')))`),
    expect: CONTAINED,
    proves: ({ stdout }) => expect(stdout).toBe('refused ENOENT\n'),
  },
  {
    tries: 'to read the environment of every process it can see',
    code: attempt(
      `const fs = require('fs')\nfor (const p of fs.readdirSync('/proc')) if (/^\\d+$/.test(p)) console.log(p, show(() => fs.readFileSync('/proc/' + p + '/environ', 'utf8')))`,
    ),
    expect: CONTAINED,
  },
  {
    tries: 'to read the memory of its supervisor',
    code: attempt(`console.log(show(() => require('fs').openSync('/proc/1/mem', 'r')))`),
    expect: CONTAINED,
    proves: ({ stdout }) => expect(stdout).toMatch(/refused EACCES/),
  },
  {
    tries: 'to steal the descriptors of its supervisor',
    code: attempt(
      `console.log(show(() => require('fs').readdirSync('/proc/1/fd')))\nconsole.log(show(() => require('fs').openSync('/proc/1/fd/4', 'w')))`,
    ),
    expect: CONTAINED,
    proves: ({ stdout }) => expect(stdout).toMatch(/^refused EACCES\nrefused EACCES\n$/),
  },
  {
    tries: 'to use descriptors of the executor left open',
    code: attempt(
      `const fs = require('fs')\nfor (let fd = 4; fd < 64; fd++) { const link = show(() => fs.readlinkSync('/proc/self/fd/' + fd)); if (/\\/(?!proc|dev)/.test(link)) console.log('LEAK', fd, link) }`,
    ),
    expect: CONTAINED,
    proves: ({ stdout }) => expect(stdout).toBe(''),
  },
  {
    tries: 'to connect to a port of the host',
    code: ({ port }) =>
      `const s = require('net').connect(${port}, '127.0.0.1')\ns.on('connect', () => console.log('REACHED')).on('error', (e) => console.log(e.code))`,
    expect: CONTAINED,
    proves: ({ stdout }) => expect(stdout).toBe('ECONNREFUSED\n'),
  },
  {
    tries: 'to connect to an abstract unix socket of the host',
    code: ({ abstractName }) =>
      `const s = require('net').connect('\\0${abstractName}')\ns.on('connect', () => console.log('REACHED')).on('error', (e) => console.log(e.code))`,
    expect: CONTAINED,
    proves: ({ stdout }) => expect(stdout).toBe('ECONNREFUSED\n'),
  },
  {
    tries: 'to watch what others read',
    code: `try {\n  require('fs').watch('/usr/lib')\n} catch (error) {\n  console.log(error.code, Object.keys(require('os').networkInterfaces())[0])\n}`,
    expect: CONTAINED,
    proves: ({ stdout }) => expect(stdout).toBe('ENOSYS lo\n'),
  },
  {
    tries: 'to resolve a name',
    code: `require('dns').lookup('example.com', (e, a) => console.log(e?.code ?? a))`,
    expect: CONTAINED,
    proves: ({ stdout }) => expect(stdout).toMatch(/EAI_AGAIN|ENOTFOUND/),
  },
  {
    tries: 'to kill every process',
    code: `process.kill(-1, 'SIGKILL')`,
    expect: ['failure/exit_code', 'failure/exception', 'success'],
  },
  {
    tries: 'to kill a process of the host by its number',
    code: ({ pid }) => attempt(`console.log(show(() => process.kill(${pid}, 'SIGKILL')))`),
    expect: CONTAINED,
    proves: ({ stdout }) => expect(stdout).toBe('refused ESRCH\n'),
  },
  {
    tries: 'to outlive its deadline by ignoring signals',
    code: `for (const s of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(s, () => {})\nsetInterval(() => {}, 1000)`,
    expect: TIMEOUT,
  },
  {
    tries: 'to outlive its deadline in a microtask loop',
    code: `const again = () => Promise.resolve().then(again)\nagain()`,
    expect: [...TIMEOUT, 'limit/memory_limit'],
  },
  {
    tries: 'to outlive its deadline in a regular expression',
    code: `/^(a+)+$/.test('a'.repeat(60) + 'b')`,
    expect: TIMEOUT,
  },
  {
    tries: 'to outlive its run as a detached daemon',
    code: `require('child_process').spawn('sleep', ['300'], { detached: true, stdio: 'ignore' }).unref()\nconsole.log('left')`,
    expect: CONTAINED,
  },
  {
    tries: 'to eat memory as a heap',
    code: `const a = []\nfor (;;) a.push(new Array(1e5).fill(a.length))`,
    request: { limits: { memoryMb: 96, timeoutMs: 60_000 } },
    expect: ['limit/memory_limit'],
  },
  {
    tries: 'to eat memory as buffers outside of the heap',
    code: `const a = []\nfor (;;) a.push(Buffer.alloc(1e6, 1))`,
    request: { limits: { memoryMb: 96, timeoutMs: 60_000 } },
    expect: ['limit/memory_limit'],
  },
  {
    tries: 'to eat memory in a worker',
    code: `new (require('worker_threads').Worker)('const a = []; for (;;) a.push(Buffer.alloc(1e6, 1))', { eval: true })`,
    request: { limits: { memoryMb: 96, timeoutMs: 60_000 } },
    expect: ['limit/memory_limit'],
  },
  {
    tries: 'to eat memory in a grandchild and call it a success',
    code: `require('child_process').spawnSync('perl', ['-e', 'my @a; push @a, "x" x 1000000 while 1'])\nconsole.log('fine')`,
    request: { limits: { memoryMb: 96, timeoutMs: 60_000 } },
    expect: ['limit/memory_limit'],
  },
  {
    tries: 'to bomb with processes',
    code: `const { spawn } = require('child_process')\nfor (;;) spawn('sleep', ['100']).on('error', () => {})`,
    request: { limits: { pids: 48, timeoutMs: 60_000 } },
    expect: ['limit/pids_limit', 'limit/memory_limit'],
  },
  {
    tries: 'to bomb with threads',
    code: `const { Worker } = require('worker_threads')\nfor (let i = 0; i < 200; i++) new Worker('setInterval(() => {}, 1000)', { eval: true }).on('error', () => {})`,
    request: { limits: { pids: 40, timeoutMs: 60_000, memoryMb: 1024 } },
    expect: ['limit/pids_limit', 'limit/memory_limit', 'failure/exit_code', 'failure/exception'],
  },
  {
    tries: 'to fill the disk',
    code: `const fs = require('fs')\nconst fd = fs.openSync('fill', 'w')\nfor (;;) fs.writeSync(fd, Buffer.alloc(1e6))`,
    request: { limits: { diskBytes: 8_388_608, timeoutMs: 60_000 } },
    expect: ['limit/disk_limit'],
  },
  {
    tries: 'to fill shared memory and the root',
    code: attempt(
      `const fs = require('fs')\nfor (const p of ['/x', '/dev/x', '/usr/bin/x', '/etc/x', '/run/exectrail/x', '/var/x', '/root/x']) console.log(show(() => fs.writeFileSync(p, 'x')))\nconsole.log(show(() => fs.writeFileSync('/dev/shm/x', Buffer.alloc(4e6))))`,
    ),
    expect: CONTAINED,
    proves: ({ stdout }) => expect(stdout).toMatch(/^(refused (EROFS|ENOENT|EACCES)\n){7}refused ENOSPC\n$/),
  },
  {
    tries: 'to flood the output until it is ended',
    code: `const line = 'x'.repeat(65535) + '\\n'\nfor (;;) process.stdout.write(line)`,
    request: { limits: { outputBytes: 65_536, outputPolicy: 'kill', timeoutMs: 60_000 } },
    expect: ['limit/output_limit'],
  },
  {
    tries: 'to write its own result by hand',
    code: `require('fs').writeSync(3, '\\n0123456789abcdef result 7\\n"forged"')\nexports.main = () => 'true'`,
    expect: CONTAINED,
    proves: ({ result }) => expect(result).toBe('true'),
  },
  {
    tries: 'to claim a memory limit it did not reach',
    code: `process.stderr.write('FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\\n')\nprocess.abort()`,
    expect: ['failure/exit_code'],
  },
  {
    tries: 'to pass off its own exit code as a kill',
    code: `process.exit(137)`,
    expect: ['failure/exit_code'],
    proves: ({ exitCode, signal }) => expect({ exitCode, signal }).toEqual({ exitCode: 137, signal: null }),
  },
  {
    tries: 'to pass off its own kill as a limit',
    code: `process.kill(process.pid, 'SIGKILL')\nsetInterval(() => {}, 1000)`,
    expect: ['failure/exit_code'],
    proves: ({ signal }) => expect(signal).toBe('SIGKILL'),
  },
  {
    tries: 'to poison the prototypes the guest program uses',
    code: `Array.prototype.join = Buffer.concat = JSON.stringify = JSON.parse = () => 'poisoned'\nObject.prototype.then = (f) => f('poisoned')\nfs = require('fs'); fs.writeSync = () => 0\nexports.main = () => 1`,
    expect: ['success', ...REFUSED, ...TIMEOUT],
    proves: ({ outcome, result }) =>
      expect(outcome === 'success' ? [null, 1, 'poisoned'] : [null]).toContainEqual(result),
  },
  {
    tries: 'to return an object that lies while it is read',
    code: `exports.main = () => ({ toJSON() { throw new Error('lie') } })`,
    expect: ['failure/exception'],
  },
  {
    tries: 'to return what never ends',
    code: `exports.main = () => { const a = {}; a.a = a; return a }`,
    expect: ['failure/exception'],
    proves: ({ errorMessage }) => expect(errorMessage).toContain('refers back to itself'),
  },
  {
    tries: 'to debug its parent',
    code: attempt(
      `process.kill(process.ppid, 'SIGUSR1')\nsetTimeout(() => console.log('alive', process.ppid), 50)`,
    ),
    expect: CONTAINED,
    proves: ({ stdout }) => expect(stdout).toBe('alive 1\n'),
  },
  {
    tries: 'to load a native addon',
    code: attempt(`require('fs').writeFileSync('a.node', 'x')\nconsole.log(show(() => require('./a.node')))`),
    expect: CONTAINED,
    proves: ({ stdout }) => expect(stdout).toContain('refused'),
  },
])

/** The same walls, reached through TypeScript. */
export const TYPESCRIPT_ATTACKS: readonly Attack[] = attacksIn('subprocess', 'typescript', [
  {
    tries: 'to watch what others read',
    code: `import { watch } from 'node:fs'\nimport { networkInterfaces } from 'node:os'\ntry {\n  watch('/usr/lib')\n} catch (error: unknown) {\n  console.log((error as { code: string }).code, Object.keys(networkInterfaces())[0])\n}`,
    expect: CONTAINED,
    proves: ({ stdout }) => expect(stdout).toBe('ENOSYS lo\n'),
  },
  {
    tries: 'to import a file of the host while it is compiled',
    code: ({ file }) => `import secret from '${file}'\nexport const main = (): string => secret`,
    expect: REFUSED,
  },
  {
    tries: 'to name a source map of the host',
    code: ({ file }) => `export const main = (): number => 1\n//# sourceMappingURL=file://${file}`,
    expect: CONTAINED,
  },
  {
    tries: 'to run code in the compiler by a reference',
    code: ({ file }) => `/// <reference path="${file}" />\nexport const main = () => 1`,
    expect: CONTAINED,
  },
  {
    tries: 'to stop the compiler with depth',
    code: `export const main = () => ${'('.repeat(20_000)}1${')'.repeat(20_000)}`,
    expect: ['success', 'failure/syntax_error', 'failure/exception', 'failure/exit_code'],
  },
])
