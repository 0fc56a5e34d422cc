/** How the texts of environment variables are read. A message says what to write instead. */
import { z } from 'zod'

export const flag = z
  .enum(['0', '1', 'true', 'false', ''], 'write 1 or 0')
  .transform((text) => text === '1' || text === 'true')
export const port = z.coerce.number('write a port from 0 to 65535').int().min(0).max(65_535)
export const identifier = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'write letters, digits and _ only')
export const mebibytes = z.coerce.number('write a number of MiB').int().min(16).max(1_048_576)

export const postgresUrl = z
  .string()
  .refine(
    (text) => /^postgres(?:ql)?:\/\/\S+$/u.test(text) && URL.canParse(text.replace('@/', '@localhost/')),
    'write a URL such as postgresql://user:password@host:5432/database',
  )

export const count = z.coerce.number('write a whole number').int('write a whole number').min(1).max(1_000_000)

const PERIODS_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 }
/** Such as 10/s or 600/m. */
export const rate = z
  .string()
  .regex(/^[1-9]\d{0,6}\/[smh]$/u, 'write a count and a period, such as 10/s, 600/m or 5000/h')
  .transform((text) => {
    const [number = '', period = ''] = text.split('/')
    return { count: Number(number), perMs: PERIODS_MS[period] ?? 1_000 }
  })

export const listOf = <Name extends string>(names: readonly Name[]) =>
  z
    .string()
    .transform((text) => (text === 'none' ? [] : text.split(',').map((name) => name.trim())))
    .pipe(z.array(z.enum(names, `write 'none' or some of ${names.join(',')}`)))

/** 'never', 'each' or an interval in ms. */
export const fsync = z
  .union(
    [z.enum(['never', 'each']), z.coerce.number().int().min(1).max(60_000)],
    "write 'never', 'each' or ms",
  )
  .transform((value) => (typeof value === 'number' ? { everyMs: value } : value))
