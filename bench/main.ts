/**
 * `npm run bench [name…] [number]`: every question in turn, or those named. Each prints its figures with their
 * targets; what the number counts stands at the top of each.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { basename, join } from 'node:path'

const asked = process.argv.slice(2).filter((word) => !/^\d+$/u.test(word))
const numbers = process.argv.slice(2).filter((word) => /^\d+$/u.test(word))
const questions = globSync('*.ts', { cwd: import.meta.dirname })
  .map((file) => basename(file, '.ts'))
  .filter((name) => !['main', 'figures'].includes(name))
  .toSorted()
const unknown = asked.filter((name) => !questions.includes(name))
if (unknown.length > 0) {
  console.error(`unknown: ${unknown.join(', ')}; there are ${questions.join(', ')}`)
  process.exit(2)
}

for (const name of asked.length > 0 ? asked : questions) {
  console.log(`\n== ${name}`)
  const child = spawn(process.execPath, [join(import.meta.dirname, `${name}.ts`), ...numbers], {
    stdio: 'inherit',
  })
  const [exitCode] = await once(child, 'exit')
  if (exitCode !== 0) process.exitCode = 1
}
