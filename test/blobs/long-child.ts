/** Stores content that is long enough for a thread in the directory of `argv`, begins to read it, and says what it lives on for. */
import { randomBytes } from 'node:crypto'
import { DirectoryBlobStore } from '../../src/blobs/directory-store.ts'
import { keyringOf } from '../../src/blobs/format/keyring.ts'
import { openBlob, storeBlob } from '../../src/blobs/objects.ts'
import { contentOf, sha256Of } from './content.ts'

const place = { store: new DirectoryBlobStore(process.argv[2] ?? ''), keyring: keyringOf([]) }
const content = randomBytes(40_000_000)
const name = { organizationId: 'acme', sha256: sha256Of(content) }
await storeBlob(place, name, contentOf(content))
const opened = await openBlob(place, name)
if (opened !== null) for await (const _ of opened.read()) break
console.log(process.getActiveResourcesInfo().filter((kind) => /worker|port/iu.test(kind)).length)
