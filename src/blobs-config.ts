/** Settings of blobs: where objects are stored, with which keys they are encrypted, and how much there may be. */
import { isAbsolute, join, resolve } from 'node:path'
import { z } from 'zod'
import type { Issue } from './errors.ts'
import { httpUrl } from './telemetry-config.ts'
import { validate } from './validation.ts'

const MIB = 1_048_576
const KEY_BYTES = 32
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/u

const mebibytes = z.coerce.number('write a number of MiB').int('write whole MiB').min(1).max(1_048_576)

export const blobsVariables = {
  EXECTRAIL_BLOBS: z
    .string()
    .refine(
      (text) => ['directory', 'supabase', 's3', 'none'].includes(text) || isAbsolute(text),
      "write 'directory', 'supabase', 's3', 'none' or the absolute path of a directory",
    )
    .default('directory'),
  EXECTRAIL_BLOBS_BUCKET: z
    .string()
    .regex(BUCKET, 'write 3 to 63 lower-case letters, digits, dots and hyphens')
    .default('exectrail'),
  EXECTRAIL_BLOBS_S3_ENDPOINT: z.string().optional(),
  EXECTRAIL_BLOBS_KEYS: z
    .string()
    .transform((text) => text.split(',').map((key) => key.trim()))
    .pipe(z.array(z.string().refine(isKey, 'write 32 random bytes in base64: openssl rand -base64 32')))
    .default([]),
  EXECTRAIL_BLOBS_MAX_MB: mebibytes.default(256),
  EXECTRAIL_BLOBS_SPOOL_MAX_MB: mebibytes.default(1024),
  EXECTRAIL_BLOBS_QUOTA_MB: mebibytes.optional(),
  SUPABASE_URL: z.string().optional(),
  SUPABASE_SERVICE_ROLE_KEY: z.string().optional(),
  AWS_ACCESS_KEY_ID: z.string().optional(),
  AWS_SECRET_ACCESS_KEY: z.string().optional(),
  AWS_SESSION_TOKEN: z.string().optional(),
  AWS_REGION: z.string().optional(),
  AWS_DEFAULT_REGION: z.string().optional(),
}

type Values = z.infer<z.ZodObject<typeof blobsVariables>>

export interface SupabasePlace {
  kind: 'supabase'
  /** Of the project, without a trailing slash. */
  url: string
  serviceRoleKey: string
  bucket: string
}

export interface S3Place {
  kind: 's3'
  bucket: string
  region: string
  /** Of a server other than Amazon's; null for Amazon's. */
  endpoint: string | null
  /** null: those that Amazon's client finds itself. */
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string | undefined } | null
}

export interface BlobsConfig {
  place: { kind: 'none' } | { kind: 'directory'; path: string } | SupabasePlace | S3Place
  /** Keys of 32 bytes: the first encrypts, all decrypt; none: objects are not encrypted. */
  keys: readonly Uint8Array[]
  /** Size of one object before compression, at most. */
  maxBytes: number
  /** What waits on disk until it is stored, at most. */
  spoolMaxBytes: number
  /** Content of one organization, at most; null for no bound. */
  quotaBytes: number | null
}

/** The settings of validated variables; `findBlobsIssues()` has seen them. @param home absolute */
export function blobsConfig(value: Values, home: string): BlobsConfig {
  return {
    place: placeOf(value, home),
    keys: value.EXECTRAIL_BLOBS_KEYS.map((key) => Buffer.from(key, 'base64')),
    maxBytes: value.EXECTRAIL_BLOBS_MAX_MB * MIB,
    spoolMaxBytes: value.EXECTRAIL_BLOBS_SPOOL_MAX_MB * MIB,
    quotaBytes: value.EXECTRAIL_BLOBS_QUOTA_MB === undefined ? null : value.EXECTRAIL_BLOBS_QUOTA_MB * MIB,
  }
}

function placeOf(value: Values, home: string): BlobsConfig['place'] {
  const { EXECTRAIL_BLOBS: place, EXECTRAIL_BLOBS_BUCKET: bucket } = value
  switch (place) {
    case 'none':
      return { kind: 'none' }
    case 'directory':
      return { kind: 'directory', path: join(home, 'blobs') }
    case 'supabase':
      return {
        kind: 'supabase',
        url: (value.SUPABASE_URL ?? '').replace(/\/+$/u, ''),
        serviceRoleKey: value.SUPABASE_SERVICE_ROLE_KEY ?? '',
        bucket,
      }
    case 's3':
      return {
        kind: 's3',
        bucket,
        region: value.AWS_REGION ?? value.AWS_DEFAULT_REGION ?? 'us-east-1',
        endpoint: value.EXECTRAIL_BLOBS_S3_ENDPOINT?.replace(/\/+$/u, '') ?? null,
        credentials: credentialsOf(value),
      }
    default:
      return { kind: 'directory', path: resolve(place) }
  }
}

function credentialsOf(value: Values): S3Place['credentials'] {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = value
  if (accessKeyId === undefined || secretAccessKey === undefined) return null
  return { accessKeyId, secretAccessKey, sessionToken: value.AWS_SESSION_TOKEN }
}

const neededBy = {
  supabase: z.object({ SUPABASE_URL: httpUrl, SUPABASE_SERVICE_ROLE_KEY: z.string() }),
  s3: z.object({ EXECTRAIL_BLOBS_S3_ENDPOINT: httpUrl.optional() }),
}

/** What is wrong with the variables of the chosen place; those of others may belong to the host program. */
export function findBlobsIssues(variables: Readonly<Record<string, string | undefined>>): Issue[] {
  const place = variables['EXECTRAIL_BLOBS']
  if (place !== 'supabase' && place !== 's3') return []
  const checked = validate<unknown>(neededBy[place], variables)
  return checked.ok ? [] : checked.issues
}

/** Exactly what an encoder writes, so that a typing error is not taken for another key. */
function isKey(text: string): boolean {
  const bytes = Buffer.from(text, 'base64')
  return bytes.length === KEY_BYTES && bytes.toString('base64') === text
}
