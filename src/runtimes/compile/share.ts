/** The share of the processors that a compiler has: the usual one, or a reduced one. */
import { readFileSync, writeFileSync } from 'node:fs'
import { getPriority, setPriority } from 'node:os'

/** Added to the nice value: the share is about a ninth of the usual one. */
const REDUCED = 10
const NICEST = 19

/** Reduces the share of the process and its children, which has a session of its own. False where the host refuses. */
export function reduceShare(pid: number): boolean {
  return addNice(pid, REDUCED)
}

/** Gives the process its usual share again. False where the host refuses, as it may without root. */
export function restoreShare(pid: number): boolean {
  return addNice(pid, 0)
}

/** The kernel weighs sessions where it groups processes by session, else single threads, which begin as nice as we are. */
function addNice(pid: number, more: number): boolean {
  const nice = Math.min(NICEST, getPriority() + more)
  try {
    writeFileSync(`/proc/${pid}/autogroup`, String(more))
  } catch {
    // this kernel has no groups by session, or the process has ended
  }
  try {
    for (const each of [pid, ...childrenOf(pid)]) setPriority(each, nice)
    return true
  } catch {
    return false
  }
}

/** Process ids of its children; none where the host does not say, or it has ended. */
export function childrenOf(pid: number): number[] {
  try {
    const list = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
    return list === '' ? [] : list.split(' ').map(Number)
  } catch {
    return []
  }
}
