// The part of Node's `process` a program without a host can have.
import * as std from 'std'
import { nextTick } from './timers.js'

const startedAt = Date.now()
const clockNs = () => globalThis.__date_clock() * 1000

function hrtime([seconds, nanoseconds] = [0, 0]) {
  const elapsed = clockNs() - seconds * 1e9 - nanoseconds
  return [Math.floor(elapsed / 1e9), elapsed % 1e9]
}
hrtime.bigint = () => BigInt(globalThis.__date_clock()) * 1000n

const outlet = (file) => ({
  isTTY: false,
  write(chunk) {
    if (typeof chunk === 'string') file.puts(chunk)
    else file.write(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    file.flush()
    return true
  },
})

class Process {
  #timers
  #end
  #exitCode

  constructor(env, timers, end) {
    this.#timers = timers
    this.#end = end
    this.env = { ...env }
    this.argv = ['quickjs', '/main.js']
    this.stdout = outlet(std.out)
    this.stderr = outlet(std.err)
    timers.onIdle = () => timers.later(() => this.#leaveIdle())
  }

  get exitCode() {
    return this.#exitCode
  }
  /** Nothing tells of the end of the loop, so it is looked for when a code is set and when timers have run out. */
  set exitCode(code) {
    this.#exitCode = Number(code) & 255
    this.#timers.later(() => this.#leaveIdle())
  }
  exit(code) {
    this.#end(Number(code ?? this.#exitCode ?? 0) & 255)
  }
  nextTick(callback, ...args) {
    nextTick(this.#timers, callback, args)
  }
  #leaveIdle() {
    if (this.#exitCode !== undefined && this.#timers.idle) this.#end(this.#exitCode)
  }
}

Object.assign(Process.prototype, {
  platform: 'wasi',
  arch: 'wasm32',
  pid: 1,
  versions: { quickjs: '2021-03-27' },
  hrtime,
  cwd: () => '/',
  uptime: () => (Date.now() - startedAt) / 1000,
  on() {
    return this
  },
  once() {
    return this
  },
  emitWarning(text) {
    this.stderr.write(`(exectrail) Warning: ${text}\n`)
  },
})

/** Installs `process`; `end(code)` leaves. */
export function installProcess(env, timers, end) {
  globalThis.process = new Process(env, timers, end)
}
