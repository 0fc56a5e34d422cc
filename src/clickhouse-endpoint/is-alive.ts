/** Whether there is a process of this id, ours or another's; all that can be asked of a pid the engine noted alone. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
