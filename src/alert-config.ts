/** Settings of alerts: where notifications may go, and how mails are sent. */
import { z } from 'zod'
import { httpUrl } from './telemetry-config.ts'

const smtpUrl = z
  .string()
  .refine(
    (text) => /^smtps?:\/\/\S+$/u.test(text) && URL.canParse(text),
    'write a URL such as smtp://user:password@mail.example:587',
  )

/** IP addresses and networks, such as 127.0.0.1 and 10.1.0.0/16. */
const addresses = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .pipe(z.array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], 'write addresses such as 10.1.0.0/16')))

export const alertVariables = {
  EXECTRAIL_ALERT_ADDRESSES: addresses.default([]),
  EXECTRAIL_SMTP_URL: smtpUrl.optional(),
  EXECTRAIL_MAIL_FROM: z.string().min(3).default('exectrail <exectrail@localhost>'),
  EXECTRAIL_PUBLIC_URL: httpUrl.optional(),
  EXECTRAIL_SECRETS_KEY: z.string().min(16, 'write a key of at least 16 characters').optional(),
}

export interface AlertConfig {
  /** Private addresses and networks that webhooks may reach. */
  addresses: readonly string[]
  smtpUrl: string | null
  mailFrom: string
  /** Of the dashboard, for links in messages; null: where it listens. */
  publicUrl: string | null
  /** Seals the secrets of channels; null: they are stored as they are. */
  secretsKey: string | null
}

/** The settings of validated variables. */
export function alertConfig(value: z.infer<z.ZodObject<typeof alertVariables>>): AlertConfig {
  return {
    addresses: value.EXECTRAIL_ALERT_ADDRESSES,
    smtpUrl: value.EXECTRAIL_SMTP_URL ?? null,
    mailFrom: value.EXECTRAIL_MAIL_FROM,
    publicUrl: value.EXECTRAIL_PUBLIC_URL ?? null,
    secretsKey: value.EXECTRAIL_SECRETS_KEY ?? null,
  }
}
