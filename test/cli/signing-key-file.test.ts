import { chmod, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readSigningKeyFile, writeSigningKey } from '../../src/cli/signing-key-file.ts'
import { signVersion, verifyVersion } from '../../src/registry/signature.ts'
import { temporaryDirectory } from '../support/directory.ts'

describe('the file of a signing key', () => {
  test('is made for its owner alone, and signs', async () => {
    await using directory = await temporaryDirectory()
    const file = join(directory.path, 'key.pem')
    const made = await writeSigningKey(file)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const { privateKey, ...read } = await readSigningKeyFile(file)
    expect(read).toEqual(made)
    const signed = { name: 'acme/summer', version: '1.0.0', sha256: 'a'.repeat(64) }
    expect(verifyVersion(signVersion(signed, privateKey), signed, [made])).toEqual({ keyId: made.keyId })
  })

  test('is never overwritten', async () => {
    await using directory = await temporaryDirectory()
    const file = join(directory.path, 'key.pem')
    const made = await writeSigningKey(file)
    await expect(writeSigningKey(file)).rejects.toThrow(/cannot be written: EEXIST/)
    expect(await readSigningKeyFile(file)).toMatchObject(made)
  })

  test('is refused when others may read it, when it is too large, and when it holds no key', async () => {
    await using directory = await temporaryDirectory()
    const file = join(directory.path, 'key.pem')
    await writeSigningKey(file)
    await chmod(file, 0o640)
    await expect(readSigningKeyFile(file)).rejects.toMatchObject({
      hint: expect.stringContaining('chmod 600'),
    })
    const large = join(directory.path, 'large.pem')
    await writeFile(large, 'x'.repeat(2000), { mode: 0o600 })
    await expect(readSigningKeyFile(large)).rejects.toThrow(/is no file of a key/)
    const other = join(directory.path, 'other.pem')
    await writeFile(other, 'x', { mode: 0o600 })
    await expect(readSigningKeyFile(other)).rejects.toThrow(/Ed25519/)
    await expect(readSigningKeyFile('/nowhere/key.pem')).rejects.toThrow(/cannot be read: ENOENT/)
  })
})
