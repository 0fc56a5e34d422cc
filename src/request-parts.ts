/** Zod schemas of the parts that execution requests and code agents share. Sizes and counts are bounded. */
import { z } from 'zod'

const MIB = 1_048_576
const MAX_CODE_BYTES = 5 * MIB
export const MAX_FILES = 1000
/** Maximum of entries in a list. */
export const MAX_LIST = 1000
const MAX_FILES_BYTES = 32 * MIB

const CONTROL = /\p{Cc}/u
export const bytes = (text: string): number => Buffer.byteLength(text)

export const identifier = z
  .string()
  .min(1, 'leave it out instead of an empty string')
  .max(256, 'at most 256 characters')
  .refine((text) => !CONTROL.test(text) && text.isWellFormed(), 'no control characters or broken Unicode')

export const count = (least: number, most: number) =>
  z.number().int('a whole number').min(least, `at least ${least}`).max(most, `at most ${most}`)

export const limits = z.strictObject({
  timeoutMs: count(1, 86_400_000).optional(),
  cpuMs: count(1, 86_400_000).optional(),
  memoryMb: count(16, 65_536).optional(),
  pids: count(1, 4096).optional(),
  outputBytes: count(0, 64 * MIB).optional(),
  outputPolicy: z.enum(['truncate', 'kill']).optional(),
  diskBytes: count(MIB, 16_384 * MIB).optional(),
  openFiles: count(16, 65_536).optional(),
})

/** The code is stored in a file with one of these names. */
const CODE_AS_FOLDER = /^main\.(?:js|ts|py|sh)\//u

const safePath = z
  .string()
  .min(1)
  .max(512)
  .refine(
    (path) =>
      !path.startsWith('/') &&
      !/[\0\\]/.test(path) &&
      path.split('/').every((part) => part !== '' && part !== '.' && part !== '..'),
    "a path below the working directory, without '..'",
  )
  .refine((path) => !CONTROL.test(path) && path.isWellFormed(), 'no control characters or broken Unicode')
  .refine((path) => path.split('/').every((part) => bytes(part) <= 255), 'at most 255 bytes a name')
  .refine((path) => !CODE_AS_FOLDER.test(path), 'a folder cannot have the name of the code')

/** As Node decodes it: also with line breaks, without padding, and in the URL-safe alphabet. */
const BASE64 = /^[A-Za-z0-9+/_\r\n-]*={0,2}[\r\n]*$/

const file = z
  .strictObject({
    path: safePath,
    content: z.string(),
    encoding: z.enum(['utf8', 'base64']).optional(),
  })
  .refine(
    ({ content, encoding }) => (encoding === 'base64' ? BASE64.test(content) : content.isWellFormed()),
    {
      path: ['content'],
      message: 'base64 where `encoding` says so, else text without broken Unicode',
    },
  )

const hostName = z
  .string()
  .regex(/^(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*$/i, 'a host name such as api.example.com')

const pattern = z
  .string()
  .max(1000)
  .refine((text) => compiles(text), 'an ECMAScript regular expression')

export const jsonSchema = z.union(
  [z.boolean(), z.record(z.string(), z.unknown())],
  'a JSON Schema: an object, true or false',
)

export const code = z
  .string()
  .min(1, 'there is no code to run')
  .refine((text) => text.isWellFormed(), 'no broken Unicode: half of a surrogate pair stands alone')
  .refine((text) => bytes(text) <= MAX_CODE_BYTES, `at most ${MAX_CODE_BYTES} bytes`)

export const files = z
  .array(file)
  .max(MAX_FILES)
  .refine(
    (list) => list.reduce((sum, item) => sum + bytes(item.content), 0) <= MAX_FILES_BYTES,
    `at most ${MAX_FILES_BYTES} bytes in all`,
  )
  .refine((list) => new Set(list.map((item) => item.path)).size === list.length, 'each path once')
  .refine((list) => !hasFileAsFolder(list), 'a path is both a file and a folder')

export const network = z.union(
  [z.enum(['none', 'host']), z.strictObject({ allow: z.array(hostName).min(1).max(100) })],
  "'none', 'host', or { allow: [host names] }",
)

export const policy = z.strictObject({
  denyModules: z.array(z.string().min(1).max(256)).max(MAX_LIST).optional(),
  denyPatterns: z.array(pattern).max(100).optional(),
})

function hasFileAsFolder(list: readonly { path: string }[]): boolean {
  const paths = new Set(list.map(({ path }) => path))
  return list.some(({ path }) => {
    const parts = path.split('/')
    return parts.some((_, index) => index > 0 && paths.has(parts.slice(0, index).join('/')))
  })
}

function compiles(source: string): boolean {
  try {
    return new RegExp(source, 'u') instanceof RegExp
  } catch {
    return false
  }
}
