// QuickJS does not report unhandled rejections. Async functions arrive lowered to `new Promise`, so a
// Promise of our own sees them all.

/** Calls `fail` with the reason of a rejection that has no handler one turn after it. */
export function trackRejections(later, fail) {
  const Native = Promise
  const { then } = Native.prototype
  const handled = new WeakSet()
  let watching = false

  class Tracked extends Native {
    constructor(executor) {
      super(executor)
      watching = true
      try {
        then.call(this, undefined, (reason) => {
          later(() => {
            if (!handled.has(this)) fail(reason)
          })
        })
      } finally {
        watching = false
      }
    }

    // The promise of our own watching must not be watched in turn.
    static get [Symbol.species]() {
      return watching ? Native : Tracked
    }
  }
  Object.defineProperty(Tracked, 'name', { value: 'Promise' })
  Object.defineProperty(Native.prototype, 'constructor', {
    value: Tracked,
    writable: true,
    configurable: true,
  })
  Native.prototype.then = function (onFulfilled, onRejected) {
    handled.add(this)
    return then.call(this, onFulfilled, onRejected)
  }
  globalThis.Promise = Tracked
}
