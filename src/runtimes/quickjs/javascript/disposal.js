// What `using` and `await using` need: the symbols, the stacks of resources, the error that hides another.

class SuppressedError extends Error {
  constructor(error, suppressed, message = '') {
    super(message)
    Object.defineProperty(this, 'error', { value: error, writable: true, configurable: true })
    Object.defineProperty(this, 'suppressed', { value: suppressed, writable: true, configurable: true })
  }
}
Object.defineProperty(SuppressedError.prototype, 'name', { value: 'SuppressedError', writable: true })

/** Resources in the order they were taken; they are disposed of in the other. */
class Stack {
  #steps = []
  #disposed = false

  get disposed() {
    return this.#disposed
  }
  defer(step) {
    this.#add(step)
  }
  adopt(value, step) {
    this.#add(() => step(value))
    return value
  }
  move() {
    const moved = new this.constructor()
    for (const step of this.take()) moved.defer(step)
    return moved
  }
  /** All steps, the last first to go; there are none after it. */
  take() {
    const steps = this.#steps
    this.#steps = []
    this.#disposed = true
    return steps
  }
  #add(step) {
    if (this.#disposed) throw new ReferenceError('Cannot add values to a disposed stack!')
    if (typeof step !== 'function') throw new TypeError(`${String(step)} is not a function`)
    this.#steps.push(step)
  }
}

/** The error so far, and the one that came after it. */
const joined = (failed, earlier, error) => (failed ? new SuppressedError(error, earlier) : error)

class DisposableStack extends Stack {
  use(resource) {
    if (resource !== null && resource !== undefined) this.defer(resource[Symbol.dispose].bind(resource))
    return resource
  }
  dispose() {
    let [failed, reason] = [false, undefined]
    for (const step of this.take().reverse()) {
      try {
        step()
      } catch (error) {
        reason = joined(failed, reason, error)
        failed = true
      }
    }
    if (failed) throw reason
  }
  [Symbol.for('Symbol.dispose')]() {
    this.dispose()
  }
}

class AsyncDisposableStack extends Stack {
  use(resource) {
    if (resource !== null && resource !== undefined)
      this.defer((resource[Symbol.asyncDispose] ?? resource[Symbol.dispose]).bind(resource))
    return resource
  }
  async disposeAsync() {
    let [failed, reason] = [false, undefined]
    for (const step of this.take().reverse()) {
      try {
        await step()
      } catch (error) {
        reason = joined(failed, reason, error)
        failed = true
      }
    }
    if (failed) throw reason
  }
  [Symbol.for('Symbol.asyncDispose')]() {
    return this.disposeAsync()
  }
}

/** Installs them; the symbols are those by which lowered code looks for them. */
export function installDisposal() {
  for (const name of ['dispose', 'asyncDispose'])
    Object.defineProperty(Symbol, name, { value: Symbol.for(`Symbol.${name}`) })
  for (const made of [SuppressedError, DisposableStack, AsyncDisposableStack])
    Object.defineProperty(globalThis, made.name, { value: made, writable: true, configurable: true })
}
