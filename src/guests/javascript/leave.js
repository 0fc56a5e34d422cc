// How Node leaves a sandbox whose supervisor is pid 1.
const { kill, pid, ppid, reallyExit } = process
const { wait } = Atomics
const silence = new Int32Array(new SharedArrayBuffer(4))
/** A real-time signal, which no program sends by accident. */
const LEAVING = 63
/** Within so much the supervisor has heard; meanwhile nothing is taken down that it looks at. */
const HEARD_MS = 20

/**
 * Node takes milliseconds to take itself down. A supervisor that hears of the end, once all exit handlers have run, need
 * not wait for it; only status 0 can be said so. Pid 2 below pid 1 is the first child of a namespace of its own.
 */
export function leaveAtOnce() {
  if (pid !== 2 || ppid !== 1) return
  process.reallyExit = (status) => {
    if (status === 0 || status === undefined) {
      kill.call(process, ppid, LEAVING)
      wait(silence, 0, 0, HEARD_MS)
    }
    reallyExit.call(process, status)
  }
}
