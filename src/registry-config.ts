/** Settings of the registry of code agents. */
import type { z } from 'zod'
import { flag } from './config-values.ts'

export const registryVariables = { EXECTRAIL_REQUIRE_SIGNED: flag.default(false) }

export interface RegistryConfig {
  /** Versions without a valid signature are neither installed nor run. */
  requireSigned: boolean
}

/** The settings of validated variables. */
export function registryConfig(value: z.infer<z.ZodObject<typeof registryVariables>>): RegistryConfig {
  return { requireSigned: value.EXECTRAIL_REQUIRE_SIGNED }
}
