/** Starts alerts beside the service of `up`. */
import { startAlerting } from '../alerts/alerting.ts'
import { createSeal, type Seal } from '../alerts/channels/seal.ts'
import type { Outlets } from '../alerts/channels/send.ts'
import { addDefaultRules } from '../alerts/default-rules.ts'
import { LateRows } from '../alerts/late-rows.ts'
import { PipelineProbe } from '../alerts/pipeline-probe.ts'
import type { AlertSources } from '../alerts/read-rules.ts'
import type { Config } from '../config.ts'
import { budgetState } from '../metadata/budget-states.ts'
import type { Database } from '../metadata/database.ts'
import { viewPipeline } from '../service/pipeline.ts'
import type { Store } from '../store/client.ts'
import type { ClosingStack } from './closing-stack.ts'

interface AlertParts {
  alertOutlets: Outlets
  alertSeal: Seal
}

/** What the service needs of alerts. */
export function alertPartsOf({ alerts }: Pick<Config, 'alerts'>): AlertParts {
  return {
    alertOutlets: {
      allowedAddresses: alerts.addresses,
      smtpUrl: alerts.smtpUrl,
      mailFrom: alerts.mailFrom,
      publicUrl: alerts.publicUrl,
    },
    alertSeal: createSeal(alerts.secretsKey),
  }
}

type Parts = Omit<Parameters<typeof viewPipeline>[0], 'metadata'> & {
  store: Store
  metadata: { database: Database }
  /** Of the service, for links in messages where no public one is set. */
  url: string
}

/** Adds the default rules to a fresh installation, and evaluates and delivers until `closing` closes. */
export async function beginAlerts(
  parts: Parts,
  { alertOutlets, alertSeal }: AlertParts,
  { report, closing }: { report: (line: string) => void; closing: ClosingStack },
): Promise<void> {
  const { store, url } = parts
  const { database } = parts.metadata
  await addDefaultRules(database)
  const outlets = { ...alertOutlets, publicUrl: alertOutlets.publicUrl ?? url }
  const pipeline = new PipelineProbe(() => viewPipeline(parts))
  const alerting = startAlerting({
    sources: { store, database, pipeline, budgets: budgetsOf(database), lateRows: new LateRows(store) },
    delivery: { queries: database.queries, outlets, seal: alertSeal },
    log: report,
  })
  closing.adopt(alerting, (started) => started.close())
}

function budgetsOf({ queries }: Database): AlertSources['budgets'] {
  return {
    spentShare: async (scope, id, at) => (await budgetState(queries, scope, id, at))?.usedRatio ?? null,
  }
}
