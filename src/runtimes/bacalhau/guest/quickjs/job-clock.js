// The node's WASI cannot wait until a point in time, which is all the engine's own timers do: they would end the
// program. Timers here look at the clock whenever nothing else is left to run. Has to be the first import.
const tick = globalThis.nextTick
const waiting = new Map()
let serial = 0
let turning = false
let over = false

function turn() {
  turning = false
  if (over) return
  const now = Date.now()
  const due = [...waiting].filter(([, timer]) => timer.at <= now).sort(([, a], [, b]) => a.at - b.at)
  for (const [id, { callback }] of due) {
    if (over || !waiting.delete(id)) continue
    callback()
  }
  keepTurning()
}

function keepTurning() {
  if (turning || over || waiting.size === 0) return
  turning = true
  tick(turn)
}

globalThis.setTimeout = (callback, ms = 0) => {
  serial += 1
  waiting.set(serial, { callback, at: Date.now() + ms })
  keepTurning()
  return serial
}
globalThis.clearTimeout = (id) => void waiting.delete(id)

/** No timer fires any more. */
export function stopClock() {
  over = true
  waiting.clear()
}
