// The engine's setTimeout wants a whole number, gives no id for 0 and swallows what its callback throws.

const native = { set: globalThis.setTimeout, clear: globalThis.clearTimeout, tick: globalThis.nextTick }
const LONGEST_MS = 2_147_483_647
const { then } = Promise.prototype
/** Without a constructor, what `then` makes of it is a promise of the engine, not one that is watched. */
const settled = Object.defineProperty(Promise.resolve(), 'constructor', { value: undefined })

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

/** Timers by when they are due, the earliest first; those of one moment in the order in which they were set. */
class Queue {
  #entries = []

  add(entry) {
    const entries = this.#entries
    let at = entries.push(entry) - 1
    while (at > 0 && isBefore(entry, entries[(at - 1) >> 1])) {
      entries[at] = entries[(at - 1) >> 1]
      at = (at - 1) >> 1
    }
    entries[at] = entry
  }
  /** Takes the first that is still wanted; undefined where there is none. */
  take() {
    for (;;) {
      const [first] = this.#entries
      const last = this.#entries.pop()
      if (first === undefined || first === last) return first?.wanted === true ? first : undefined
      this.#sink(last)
      if (first.wanted) return first
    }
  }
  #sink(entry) {
    const entries = this.#entries
    let at = 0
    for (;;) {
      let next = 2 * at + 1
      if (next + 1 < entries.length && isBefore(entries[next + 1], entries[next])) next += 1
      if (next >= entries.length || !isBefore(entries[next], entry)) break
      entries[at] = entries[next]
      at = next
    }
    entries[at] = entry
  }
}

const isBefore = (a, b) => a.due < b.due || (a.due === b.due && a.id < b.id)
const clock = globalThis.__date_clock

/** The timers of one program; what a callback throws goes to `fail`. */
export class Timers {
  constructor(fail) {
    this.fail = fail
    this.active = new Map()
    this.queue = new Queue()
    this.serial = 0
    /** Callbacks of the program so far. */
    this.turns = 0
    this.idleListeners = []
  }

  /** Calls `listener` whenever nothing is left that the program waits for, once `look` or a timer asks. */
  onIdle(listener) {
    this.idleListeners.push(listener)
  }

  /**
   * Calls the listeners if no timer is left. The engine may call several that are due without running microtasks between
   * them, so it counts only where no callback ran meanwhile; the second time is for rejections, reported a turn later.
   */
  look(quietTurns = 0) {
    const seen = this.turns
    this.later(() => {
      if (seen !== this.turns) this.look()
      else if (!this.idle) return
      else if (quietTurns === 0) this.look(1)
      else for (const listener of this.idleListeners) listener()
    })
  }

  get idle() {
    return this.active.size === 0
  }

  /** Calls `callback` once, after all that waits as microtasks: what a timer sets for now may fire before them. */
  later(callback) {
    then.call(settled, () => native.set(callback, 0))
  }

  run(callback, args) {
    this.turns += 1
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
    this.set({ id, kind, ms, callback, args, due: 0, wanted: true, handle: null })
    return new Timer(id)
  }

  /** The engine calls those that are due in the order in which they were set: each of its calls is for the first due. */
  set(entry) {
    entry.due = clock() + entry.ms * 1000
    entry.handle = native.set(() => this.fire(), entry.ms)
    this.active.set(entry.id, entry)
    this.queue.add(entry)
  }

  fire() {
    const entry = this.queue.take()
    if (entry === undefined) return
    if (entry.kind === 'interval') this.set(entry)
    else this.active.delete(entry.id)
    this.run(entry.callback, entry.args)
    if (this.idle) this.look()
  }

  stop(timer) {
    const id = typeof timer === 'object' && timer !== null ? timer.id : Number(timer)
    const entry = this.active.get(id)
    if (entry === undefined) return
    this.active.delete(id)
    entry.wanted = false
    native.clear(entry.handle)
    if (this.idle) this.look()
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
