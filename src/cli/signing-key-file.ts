/** The private key that versions of code agents are signed with: a file that only its owner may read. */
import { open, readFile, stat } from 'node:fs/promises'
import { InvalidRequestError, messageOf } from '../errors.ts'
import { createSigningKey, publicPartOf, type PublicSigningKey } from '../registry/signature.ts'

const SIZE_MAX = 1024
const READ_BY_OTHERS = 0o077

/**
 * Makes a key and writes its private part. The file is new: none is ever overwritten.
 * @returns the public part, to be registered
 * @throws {InvalidRequestError} when the file exists or cannot be written
 */
export async function writeSigningKey(file: string): Promise<PublicSigningKey> {
  const { privateKey, ...publicPart } = createSigningKey()
  const handle = await open(file, 'wx', 0o600).catch((error: unknown) => {
    throw new InvalidRequestError([
      { path: 'FILE', message: `${file} cannot be written: ${messageOf(error)}` },
    ])
  })
  try {
    await handle.writeFile(privateKey)
    await handle.sync()
  } finally {
    await handle.close()
  }
  return publicPart
}

/**
 * The private key in a file, as PEM, with its public part.
 * @throws {InvalidRequestError} when it holds none, or others may read it
 */
export async function readSigningKeyFile(file: string): Promise<PublicSigningKey & { privateKey: string }> {
  const fail = (message: string, hint?: string): never => {
    throw new InvalidRequestError([{ path: 'FILE', message: `${file} ${message}` }], hint)
  }
  const found = await stat(file).catch((error: unknown) => fail(`cannot be read: ${messageOf(error)}`))
  if (!found.isFile() || found.size > SIZE_MAX) return fail('is no file of a key')
  if ((found.mode & READ_BY_OTHERS) !== 0)
    return fail('can be read by others', `Run chmod 600 ${file}; make a new key if others had access.`)
  const privateKey = await readFile(file, 'utf8')
  return { ...publicPartOf(privateKey), privateKey }
}
