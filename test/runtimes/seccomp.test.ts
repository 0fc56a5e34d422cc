/** The filter of system calls, read as the kernel reads it. */
import { expect, it } from 'vitest'
import { makeSeccompFilter } from '../../src/runtimes/sandbox/confinement/seccomp.ts'

const ALLOW = 0x7fff0000
const KILL = 0x80000000
const [EPERM, ENOSYS, EAFNOSUPPORT] = [0x00050001, 0x00050026, 0x00050061]

interface Call {
  number: number
  arguments?: readonly number[]
}

/** What the filter decides, and in how many steps. */
function judge(filter: Uint8Array, architecture: number, call: Call): { verdict: number; steps: number } {
  const words = new DataView(filter.buffer, filter.byteOffset)
  const data = [call.number, architecture, 0, 0, ...(call.arguments ?? []).flatMap((value) => [value, 0])]
  let loaded = 0
  for (let at = 0, steps = 1; ; at += 1, steps += 1) {
    const code = words.getUint16(at * 8, true)
    const value = words.getUint32(at * 8 + 4, true)
    const jump = (holds: boolean): number => words.getUint8(at * 8 + (holds ? 2 : 3))
    if (code === 0x06) return { verdict: value, steps }
    else if (code === 0x20) loaded = data[value / 4] ?? 0
    else if (code === 0x54) loaded = (loaded & value) >>> 0
    else if (code === 0x15) at += jump(loaded === value)
    else if (code === 0x35) at += jump(loaded >= value)
    else if (code === 0x45) at += jump((loaded & value) !== 0)
    else throw new Error(`instruction ${code} at ${at}`)
  }
}

const MACHINES = {
  x64: { audit: 0xc000003e, read: 0, mount: 165, clone: 56, socket: 41, prlimit: 302, ioctl: 16 },
  arm64: { audit: 0xc00000b7, read: 63, mount: 40, clone: 220, socket: 198, prlimit: 261, ioctl: 29 },
} as const

it.each(['x64', 'arm64'] as const)('decides by number and argument on %s', (name) => {
  const { audit, read, mount, clone, socket, prlimit, ioctl } = MACHINES[name]
  const filter = makeSeccompFilter(name)
  if (filter === null) throw new Error('no filter')
  const verdict = (number: number, ...given: number[]) =>
    judge(filter, audit, { number, arguments: given }).verdict
  expect(judge(filter, 1, { number: read }).verdict).toBe(KILL)
  expect([verdict(read), verdict(mount), verdict(435)]).toEqual([ALLOW, EPERM, ENOSYS])
  expect([verdict(clone, 0x1200011), verdict(clone, 0x20000000)]).toEqual([ALLOW, EPERM])
  expect([verdict(socket, 1), verdict(socket, 2, 0x801), verdict(socket, 40)]).toEqual([
    ALLOW,
    ALLOW,
    EAFNOSUPPORT,
  ])
  expect([verdict(prlimit, 0), verdict(prlimit, 1)]).toEqual([ALLOW, EPERM])
  expect([verdict(ioctl, 0, 0x5401), verdict(ioctl, 0, 0x5412)]).toEqual([ALLOW, EPERM])
})

it.each(['x64', 'arm64'] as const)(
  'decides about every call on %s in few steps, since the kernel tries all of them once a run',
  (name) => {
    const filter = makeSeccompFilter(name)
    if (filter === null) throw new Error('no filter')
    const steps = Array.from(
      { length: 480 },
      (_, number) => judge(filter, MACHINES[name].audit, { number, arguments: [0, 0, 0] }).steps,
    )
    expect(Math.max(...steps)).toBeLessThan(30)
  },
)
