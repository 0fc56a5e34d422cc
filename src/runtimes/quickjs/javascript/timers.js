// The engine's setTimeout wants a whole number, gives no id for 0 and swallows what its callback throws.

const native = { set: globalThis.setTimeout, clear: globalThis.clearTimeout, tick: globalThis.nextTick }
const LONGEST_MS = 2_147_483_647

/** What `setTimeout` gives back: an object that is also a number, as in Node. */
class Timer {
  constructor(id) {
    Object.defineProperty(this, 'id', { value: id })
  }
  ref() {
    return this
  }
  unref() {
    return this
  }
  [Symbol.toPrimitive]() {
    return this.id
  }
}

/** The timers of one program; what a callback throws goes to `fail`. */
export class Timers {
  constructor(fail) {
    this.fail = fail
    this.active = new Map()
    this.serial = 0
    this.idleListeners = []
  }

  /** Calls `listener` whenever the last timer has fired. */
  onIdle(listener) {
    this.idleListeners.push(listener)
  }

  get idle() {
    return this.active.size === 0
  }

  /** Calls `callback` once, after all that waits as microtasks. */
  later(callback) {
    native.set(callback, 0)
  }

  run(callback, args) {
    try {
      callback(...args)
    } catch (error) {
      this.fail(error)
    }
  }

  start(kind, callback, delay, args) {
    if (typeof callback !== 'function')
      throw new TypeError('The "callback" argument must be of type function')
    const least = kind === 'immediate' ? 0 : 1
    const ms = Math.min(Math.max(Math.trunc(Number(delay)) || 0, least), LONGEST_MS)
    const id = ++this.serial
    const fire = () => {
      if (!this.active.has(id)) return
      if (kind === 'interval') this.active.set(id, native.set(fire, ms))
      else this.active.delete(id)
      this.run(callback, args)
      if (this.idle) for (const listener of this.idleListeners) listener()
    }
    this.active.set(id, native.set(fire, ms))
    return new Timer(id)
  }

  stop(timer) {
    const id = typeof timer === 'object' && timer !== null ? timer.id : Number(timer)
    const handle = this.active.get(id)
    this.active.delete(id)
    if (handle !== undefined) native.clear(handle)
  }
}

/** Installs the timers of the web and of Node. */
export function installTimers(fail) {
  const timers = new Timers(fail)
  const stop = (timer) => timers.stop(timer)
  Object.assign(globalThis, {
    setTimeout: (callback, delay, ...args) => timers.start('timeout', callback, delay, args),
    setInterval: (callback, delay, ...args) => timers.start('interval', callback, delay, args),
    setImmediate: (callback, ...args) => timers.start('immediate', callback, 0, args),
    clearTimeout: stop,
    clearInterval: stop,
    clearImmediate: stop,
    queueMicrotask: (callback) => {
      Promise.resolve().then(() => timers.run(callback, []))
    },
  })
  delete globalThis.nextTick
  return timers
}

/** `process.nextTick` */
export function nextTick(timers, callback, args) {
  native.tick(() => timers.run(callback, args))
}
