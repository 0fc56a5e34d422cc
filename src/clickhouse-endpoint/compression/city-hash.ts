/** CityHash128 of version 1.0.2, which ClickHouse froze as the checksum of its compressed blocks. */

const K0 = 0xc3a5c85c97cb3127n
const K1 = 0xb492b66fbe98f273n
const K2 = 0x9ae16a3b2f90404fn
const K3 = 0xc949d7c7509e6557n
const MULTIPLIER = 0x9ddfea08eb382d69n

// V8 keeps a BigInt in a register where every step is cut to 64 bits.
const cut = (value: bigint): bigint => BigInt.asUintN(64, value)
const times = (a: bigint, b: bigint): bigint => BigInt.asUintN(64, a * b)
const plus = (a: bigint, b: bigint): bigint => BigInt.asUintN(64, a + b)
const turn = (value: bigint, by: bigint): bigint =>
  BigInt.asUintN(64, (value >> by) | BigInt.asUintN(64, value << (64n - by)))
const mix = (value: bigint): bigint => value ^ (value >> 47n)

type Pair = readonly [low: bigint, high: bigint]

/** The hash as ClickHouse writes it: two little-endian words of 64 bits. */
export function cityHash128(bytes: Uint8Array): Buffer {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const [low, high] = hash(view)
  const out = Buffer.allocUnsafe(16)
  out.writeBigUInt64LE(low, 0)
  out.writeBigUInt64LE(high, 8)
  return out
}

function hash(view: DataView): Pair {
  const length = view.byteLength
  if (length >= 16) return hashSeeded(view, 16, [word(view, 0) ^ K3, word(view, 8)])
  if (length >= 8)
    return hashSeeded(view, length, [word(view, 0) ^ times(BigInt(length), K0), word(view, length - 8) ^ K1])
  return hashSeeded(view, 0, [K0, K1])
}

function word(view: DataView, at: number): bigint {
  return view.getBigUint64(at, true)
}

function fold(low: bigint, high: bigint): bigint {
  const first = mix(times(low ^ high, MULTIPLIER))
  return times(mix(times(high ^ first, MULTIPLIER)), MULTIPLIER)
}

function hashSeeded(view: DataView, from: number, seed: Pair): Pair {
  return view.byteLength - from < 128 ? hashShort(view, from, seed) : hashLong(view, from, seed)
}

function hashShort(view: DataView, from: number, [low, high]: Pair): Pair {
  const length = view.byteLength - from
  let [a, b] = [low, high]
  let c: bigint
  let d: bigint
  if (length <= 16) {
    a = times(mix(times(a, K1)), K1)
    c = plus(times(b, K1), hashTail(view, from))
    d = mix(plus(a, length >= 8 ? word(view, from) : c))
  } else {
    const end = view.byteLength
    c = fold(plus(word(view, end - 8), K1), a)
    d = fold(plus(b, BigInt(length)), plus(c, word(view, end - 16)))
    a = plus(a, d)
    for (let at = from, left = length - 16; left > 0; at += 16, left -= 16) {
      a = times(a ^ times(mix(times(word(view, at), K1)), K1), K1)
      b ^= a
      c = times(c ^ times(mix(times(word(view, at + 8), K1)), K1), K1)
      d ^= c
    }
  }
  a = fold(a, c)
  b = fold(d, b)
  return [a ^ b, fold(b, a)]
}

/** Of at most 16 bytes. */
function hashTail(view: DataView, from: number): bigint {
  const length = view.byteLength - from
  if (length > 8) {
    const last = word(view, view.byteLength - 8)
    return fold(word(view, from), turn(plus(last, BigInt(length)), BigInt(length))) ^ last
  }
  if (length >= 4) {
    const first = BigInt(view.getUint32(from, true))
    return fold(plus(BigInt(length), first << 3n), BigInt(view.getUint32(view.byteLength - 4, true)))
  }
  if (length === 0) return K2
  const y = BigInt(view.getUint8(from) + (view.getUint8(from + (length >> 1)) << 8))
  const z = BigInt(length + (view.getUint8(view.byteLength - 1) << 2))
  return times(mix(times(y, K2) ^ times(z, K3)), K2)
}

function hashLong(view: DataView, from: number, [low, high]: Pair): Pair {
  const end = view.byteLength
  const seedV = plus(times(turn(high ^ K1, 49n), K1), word(view, from))
  const length = times(BigInt(end - from), K1)
  const state: State = {
    x: low,
    y: high,
    z: length,
    v0: seedV,
    v1: plus(times(turn(seedV, 42n), K1), word(view, from + 8)),
    w0: plus(times(turn(plus(high, length), 35n), K1), low),
    w1: times(turn(plus(low, word(view, from + 88)), 53n), K1),
  }
  const stop = end - ((end - from) % 128)
  rounds(view, { from, stop }, state)
  let { x, y, z, v0, v1, w0, w1 } = state
  y = cut(y + times(turn(w0, 37n), K0) + z)
  x = cut(x + times(turn(plus(v0, z), 49n), K0))
  for (let done = 32; done - 32 < end - stop; done += 32) {
    y = plus(times(turn(cut(y - x), 42n), K0), v1)
    w0 = plus(w0, word(view, end - done + 16))
    x = plus(times(turn(x, 49n), K0), w0)
    w0 = plus(w0, v0)
    ;[v0, v1] = weak(view, end - done, v0, v1)
  }
  x = fold(x, v0)
  y = fold(y, w0)
  return [plus(fold(plus(x, v1), w1), y), fold(plus(x, w1), plus(y, v1))]
}

interface State {
  x: bigint
  y: bigint
  z: bigint
  v0: bigint
  v1: bigint
  w0: bigint
  w1: bigint
}

/** 64 bytes a round. Written without functions and pairs: only so V8 keeps the words out of the heap, at 300 MB/s. */
function rounds(view: DataView, span: { from: number; stop: number }, state: State): void {
  let { x, y, z, v0, v1, w0, w1 } = state
  for (let at = span.from; at < span.stop; at += 64) {
    const b2 = view.getBigUint64(at + 16, true)
    const b6 = view.getBigUint64(at + 48, true)
    x = BigInt.asUintN(64, x + y + v0 + b2)
    x = BigInt.asUintN(64, BigInt.asUintN(64, (x >> 37n) | BigInt.asUintN(64, x << 27n)) * K1) ^ w1
    y = BigInt.asUintN(64, y + v1 + b6)
    y = BigInt.asUintN(64, BigInt.asUintN(64, (y >> 42n) | BigInt.asUintN(64, y << 22n)) * K1) ^ v0
    z ^= w0
    z = BigInt.asUintN(64, (z >> 33n) | BigInt.asUintN(64, z << 31n))
    const b3 = view.getBigUint64(at + 24, true)
    const vFirst = BigInt.asUintN(64, BigInt.asUintN(64, v1 * K1) + view.getBigUint64(at, true))
    let vSecond = BigInt.asUintN(64, x + w0 + vFirst + b3)
    vSecond = BigInt.asUintN(64, (vSecond >> 21n) | BigInt.asUintN(64, vSecond << 43n))
    const vSum = BigInt.asUintN(64, vFirst + view.getBigUint64(at + 8, true) + b2)
    v0 = BigInt.asUintN(64, vSum + b3)
    v1 = BigInt.asUintN(
      64,
      vSecond + BigInt.asUintN(64, (vSum >> 44n) | BigInt.asUintN(64, vSum << 20n)) + vFirst,
    )
    const b7 = view.getBigUint64(at + 56, true)
    const wFirst = BigInt.asUintN(64, z + w1 + view.getBigUint64(at + 32, true))
    let wSecond = BigInt.asUintN(64, y + wFirst + b7)
    wSecond = BigInt.asUintN(64, (wSecond >> 21n) | BigInt.asUintN(64, wSecond << 43n))
    const wSum = BigInt.asUintN(64, wFirst + view.getBigUint64(at + 40, true) + b6)
    w0 = BigInt.asUintN(64, wSum + b7)
    w1 = BigInt.asUintN(
      64,
      wSecond + BigInt.asUintN(64, (wSum >> 44n) | BigInt.asUintN(64, wSum << 20n)) + wFirst,
    )
    const held = x
    x = z
    z = held
  }
  Object.assign(state, { x, y, z, v0, v1, w0, w1 })
}

/** 32 bytes and a seed. */
function weak(view: DataView, at: number, seedA: bigint, seedB: bigint): Pair {
  const last = word(view, at + 24)
  const first = plus(seedA, word(view, at))
  const second = turn(cut(seedB + first + last), 21n)
  const sum = cut(first + word(view, at + 8) + word(view, at + 16))
  return [plus(sum, last), cut(second + turn(sum, 44n) + first)]
}
