// How Node leaves a sandbox whose supervisor is pid 1.
const { kill, pid, ppid, reallyExit } = process

/**
 * Node takes milliseconds to take itself down. A supervisor that hears of the end, once all exit handlers have run, need
 * not wait for it; only status 0 can be said so. Pid 2 below pid 1 is the first child of a namespace of its own.
 */
export function leaveAtOnce() {
  if (pid !== 2 || ppid !== 1) return
  process.reallyExit = (status) => {
    if (status === 0 || status === undefined) kill.call(process, ppid, 'SIGUSR1')
    reallyExit.call(process, status)
  }
}
