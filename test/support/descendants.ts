/** The processes below this one, by what the kernel says now. */
import { readdirSync, readFileSync } from 'node:fs'

/** Host process ids of all descendants of `root`, with their command lines. */
export function descendants(root = process.pid): { pid: number; parent: number; command: string }[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ')
        const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
        return [{ pid: Number(name), parent, command }]
      } catch {
        return [] // gone while we looked
      }
    })
  const mine = new Set([root])
  for (let grown = true; grown;) {
    const before = mine.size
    for (const { pid, parent } of all) if (mine.has(parent)) mine.add(pid)
    grown = mine.size > before
  }
  return all.filter(({ pid }) => mine.has(pid) && pid !== root)
}

/** Process ids of the descendants whose command line matches. */
export function pidsOf(pattern: RegExp): number[] {
  return descendants()
    .filter(({ command }) => pattern.test(command))
    .map(({ pid }) => pid)
}
