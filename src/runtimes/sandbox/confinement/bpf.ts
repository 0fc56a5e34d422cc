/** The words of a seccomp filter: instructions of classic BPF over `struct seccomp_data`. */

const LOAD = 0x20
const JUMP_EQUAL = 0x15
export const JUMP_GREATER_EQUAL = 0x35
export const JUMP_ANY_BIT = 0x45
const AND = 0x54
const RETURN = 0x06

export const ALLOW = 0x7fff0000
export const KILL_PROCESS = 0x80000000
/** The call fails with this number; with 0 it is skipped and succeeds. */
export const fail = (errno: number): number => 0x00050000 | errno

/** In `struct seccomp_data`; of the arguments the lower half. */
export const OFFSET = { number: 0, architecture: 4, argument0: 16, argument1: 24, argument2: 32 }

export interface Instruction {
  code: number
  /** Instructions to skip when true, and when false. */
  yes: number
  no: number
  value: number
}

export const load = (offset: number): Instruction => ({ code: LOAD, yes: 0, no: 0, value: offset })
export const returnWith = (value: number): Instruction => ({ code: RETURN, yes: 0, no: 0, value })
export const keepBits = (value: number): Instruction => ({ code: AND, yes: 0, no: 0, value })
export const unlessEqual = (value: number, skip: number): Instruction => ({
  code: JUMP_EQUAL,
  yes: 0,
  no: skip,
  value,
})
export const ifEqual = (value: number, skip: number): Instruction => ({
  code: JUMP_EQUAL,
  yes: skip,
  no: 0,
  value,
})

/** For one call: load an argument and decide; other calls pass on with their number still loaded. */
export function onCall(number: number, argument: number, action: readonly Instruction[]): Instruction[] {
  return [unlessEqual(number, action.length + 1), load(argument), ...action]
}

/** Where the loaded value is one of `values`, `action` decides; else on, with the value still loaded. */
export function when(values: readonly number[], action: readonly Instruction[]): Instruction[] {
  return [
    ...values.slice(0, -1).map((value, at) => ifEqual(value, values.length - 1 - at)),
    unlessEqual(values.at(-1) ?? 0, action.length),
    ...action,
  ]
}

/** On where the loaded value is one of `values`, else the call fails. */
export function orFail(values: readonly number[], errno: number): Instruction[] {
  return [...values.map((value, at) => ifEqual(value, values.length - at)), returnWith(fail(errno))]
}

/** As the kernel loads it. */
export function encode(program: readonly Instruction[]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(program.length * 8))
  for (const [index, { code, yes, no, value }] of program.entries()) {
    bytes.setUint16(index * 8, code, true)
    bytes.setUint8(index * 8 + 2, yes)
    bytes.setUint8(index * 8 + 3, no)
    bytes.setUint32(index * 8 + 4, value >>> 0, true)
  }
  return new Uint8Array(bytes.buffer)
}
