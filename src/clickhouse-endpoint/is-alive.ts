/** Whether there is a process of this id, ours or another's; of a pid that the engine noted, nothing else can be known. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
