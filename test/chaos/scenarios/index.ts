import type { Scenario } from '../scenario.ts'
import { BLOBS } from './blobs.ts'
import { DISKS } from './disks.ts'
import { KILLS } from './kills.ts'
import { OWNERS } from './owners.ts'
import { OUTAGES } from './outages.ts'
import { POISONED } from './poisons.ts'
import { SENDERS } from './senders.ts'
import { STRESS } from './stress.ts'

/** All there are. */
export const SCENARIOS: readonly Scenario[] = [
  ...KILLS,
  ...OUTAGES,
  ...SENDERS,
  ...DISKS,
  ...POISONED,
  ...STRESS,
  ...OWNERS,
  ...BLOBS,
]
