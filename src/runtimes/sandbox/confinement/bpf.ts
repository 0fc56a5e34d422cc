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

/** What is done with one system call, ending in a return on each way. */
export interface Rule {
  number: number
  action: readonly Instruction[]
}

/** For one call: load an argument and decide. */
export function onCall(number: number, argument: number, action: readonly Instruction[]): Rule {
  return { number, action: [load(argument), ...action] }
}

/** Looked at one after the other. */
const FEW_RULES = 3

/**
 * Where a number is loaded: its rule, or `otherwise`. A tree, since the kernel goes through a filter for each number
 * there is when a process takes it, once a run, and for each call whose arguments decide.
 */
export function decide(rules: readonly Rule[], otherwise: Instruction): Instruction[] {
  const sorted = rules.toSorted((a, b) => a.number - b.number)
  if (sorted.length <= FEW_RULES)
    return [
      ...sorted.flatMap(({ number, action }) => [unlessEqual(number, action.length), ...action]),
      otherwise,
    ]
  const middle = Math.ceil(sorted.length / 2)
  const below = decide(sorted.slice(0, middle), otherwise)
  const above = decide(sorted.slice(middle), otherwise)
  const [code, value] = [JUMP_GREATER_EQUAL, sorted[middle]?.number ?? 0]
  // A jump reaches 255 instructions far.
  return below.length < above.length
    ? [{ code, yes: below.length, no: 0, value }, ...below, ...above]
    : [{ code, yes: 0, no: above.length, value }, ...above, ...below]
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
