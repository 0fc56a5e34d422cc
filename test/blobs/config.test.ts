import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config.ts'

const placeOf = (variables: Record<string, string>) =>
  loadConfig({ EXECTRAIL_HOME: '/home', ...variables }).blobs.place

describe('settings of blobs', () => {
  it('stores in a directory of the installation unless another place is named', () => {
    expect(placeOf({})).toEqual({ kind: 'directory', path: '/home/blobs' })
    expect(placeOf({ EXECTRAIL_BLOBS: '/srv/blobs' })).toEqual({ kind: 'directory', path: '/srv/blobs' })
    expect(placeOf({ EXECTRAIL_BLOBS: 'none' })).toEqual({ kind: 'none' })
    expect(
      placeOf({
        EXECTRAIL_BLOBS: 'supabase',
        SUPABASE_URL: 'https://p.supabase.co/',
        SUPABASE_SERVICE_ROLE_KEY: 'key',
      }),
    ).toEqual({ kind: 'supabase', url: 'https://p.supabase.co', serviceRoleKey: 'key', bucket: 'exectrail' })
    expect(
      placeOf({ EXECTRAIL_BLOBS: 's3', EXECTRAIL_BLOBS_BUCKET: 'trail', AWS_REGION: 'eu-north-1' }),
    ).toEqual({
      kind: 's3',
      bucket: 'trail',
      region: 'eu-north-1',
      endpoint: null,
      credentials: null,
    })
  })

  it('names every wrong variable with what to write, and leaves those of the host program alone', () => {
    expect(() => loadConfig({ EXECTRAIL_BLOBS: 'supabase', SUPABASE_URL: 'project' })).toThrow(
      /SUPABASE_URL: write a URL[^]*SUPABASE_SERVICE_ROLE_KEY: is missing/u,
    )
    expect(() =>
      loadConfig({ EXECTRAIL_BLOBS: 'blobs', EXECTRAIL_BLOBS_KEYS: 'short', EXECTRAIL_BLOBS_MAX_MB: '0' }),
    ).toThrow(/EXECTRAIL_BLOBS: [^]*EXECTRAIL_BLOBS_KEYS[^]*EXECTRAIL_BLOBS_MAX_MB/u)
    expect(loadConfig({ SUPABASE_URL: 'project' }).blobs.place.kind).toBe('directory')
  })

  it('reads keys, the first of which encrypts', () => {
    const keys = [randomBytes(32), randomBytes(32)]
    const text = keys.map((key) => key.toString('base64')).join(', ')
    expect(loadConfig({ EXECTRAIL_BLOBS_KEYS: text }).blobs.keys).toEqual(keys)
  })
})
