/** Guest programs with the library in them. */
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'acorn'
import { describe, expect, it } from 'vitest'
import { assembleGuest } from '../../src/guests/assemble.ts'

const RUNTIMES = join(import.meta.dirname, '../../src/runtimes')

describe('a guest program of JavaScript', () => {
  it.each(globSync('{sandbox/guest,quickjs,bacalhau/guest}/**/*.{cjs,js}', { cwd: RUNTIMES }))(
    '%s has each name once, and takes nothing from the library that is elsewhere',
    async (name) => {
      const text = await assembleGuest(join(RUNTIMES, name))
      const sourceType = name.endsWith('.cjs') ? 'commonjs' : 'module'
      expect(() => parse(text, { ecmaVersion: 'latest', sourceType })).not.toThrow()
      expect(text).not.toContain('guests/javascript/')
    },
  )
})
