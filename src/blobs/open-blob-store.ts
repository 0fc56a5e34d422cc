/** The store of the configuration. A cloud's client is loaded only where it is used. */
import type { BlobsConfig } from '../blobs-config.ts'
import { ConfigError, messageOf } from '../errors.ts'
import type { BlobStore } from './blob-store.ts'
import { DirectoryBlobStore } from './directory-store.ts'

/** Connects to nothing yet; null where blobs are switched off. */
export async function openBlobStore({ place }: Pick<BlobsConfig, 'place'>): Promise<BlobStore | null> {
  if (place.kind === 'none') return null
  if (place.kind === 'directory') return new DirectoryBlobStore(place.path)
  if (place.kind === 'supabase') {
    const { SupabaseBlobStore } = await import('./supabase-store.ts')
    return new SupabaseBlobStore(place)
  }
  const { S3BlobStore } = await import('./s3-store.ts').catch((error: unknown) => {
    throw new ConfigError([
      {
        path: 'EXECTRAIL_BLOBS',
        message: `s3 needs Amazon's client: npm install @aws-sdk/client-s3 @aws-sdk/lib-storage (${messageOf(error)})`,
      },
    ])
  })
  return new S3BlobStore(place)
}
