import { KILLS } from './scenarios/kills.ts'
import { DISKS } from './scenarios/disks.ts'
import { OWNERS } from './scenarios/owners.ts'
import { POISONED } from './scenarios/poisons.ts'
import { SENDERS } from './scenarios/senders.ts'
import { STRESS } from './scenarios/stress.ts'
import { testScenarios } from './short-form.ts'

// What costs the most for itself, then what may go side by side.
testScenarios(
  [
    ...[KILLS, DISKS, STRESS].map((scenarios) => ({ scenarios, order: 'in turn' as const })),
    ...[[...SENDERS, ...OWNERS], POISONED].map((scenarios) => ({ scenarios, order: 'together' as const })),
  ].map(({ scenarios, order }) => ({
    order,
    scenarios: scenarios.filter(({ disturbs }) => disturbs === 'itself'),
  })),
)
