// The part of Node's `process` a program without a host can have.
import * as std from 'std'
import { toExitStatus } from '../../../guests/javascript/exit-status.js'
import { toWellFormed } from './text.js'
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
    if (typeof chunk === 'string') file.puts(toWellFormed(chunk))
    else file.write(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    file.flush()
    return true
  },
})

class Process {
  #timers
  #end
  #exitCode
  #listeners = new Map()

  constructor(env, timers, end) {
    this.#timers = timers
    this.#end = end
    this.env = { ...env }
    this.argv = ['quickjs', '/main.js']
    this.stdout = outlet(std.out)
    this.stderr = outlet(std.err)
  }

  get exitCode() {
    return this.#exitCode
  }
  set exitCode(code) {
    this.#exitCode = toExitStatus(code)
  }
  exit(code) {
    this.#end(toExitStatus(code) ?? this.#exitCode ?? 0)
  }
  nextTick(callback, ...args) {
    nextTick(this.#timers, callback, args)
  }
  on(name, listener) {
    this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), listener])
    return this
  }
  once(name, listener) {
    const first = (...values) => {
      this.off(name, first)
      listener(...values)
    }
    return this.on(name, first)
  }
  off(name, listener) {
    const others = (this.#listeners.get(name) ?? []).filter((other) => other !== listener)
    this.#listeners.set(name, others)
    return this
  }
  listenerCount(name) {
    return this.#listeners.get(name)?.length ?? 0
  }
  emit(name, ...values) {
    const listeners = this.#listeners.get(name) ?? []
    for (const listener of listeners) listener.apply(this, values)
    return listeners.length > 0
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
  emitWarning(text) {
    this.stderr.write(`(exectrail) Warning: ${text}\n`)
  },
})

Object.assign(Process.prototype, {
  addListener: Process.prototype.on,
  removeListener: Process.prototype.off,
})

/** Installs `process` and gives it; `end(code)` leaves. */
export function installProcess(env, timers, end) {
  globalThis.process = new Process(env, timers, end)
  return globalThis.process
}
