const wait = (ms, value) => new Promise((resolve) => globalThis.setTimeout(resolve, ms, value))
export { wait as setTimeout }
export const setImmediate = (value) => wait(0, value)
export default { setTimeout: wait, setImmediate }
