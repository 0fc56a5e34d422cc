/** A process that evaluates and delivers, as a service does: `node replica-child.ts JSON`, see `ReplicaOptions`. */
import { startAlerting } from '../../src/alerts/alerting.ts'
import { createSeal } from '../../src/alerts/channels/seal.ts'
import { openDatabase } from '../../src/metadata/database.ts'
import { createStore } from '../../src/store/client.ts'
import { PASSWORD, USER } from '../support/store-users.ts'

export interface ReplicaOptions {
  replica: string
  storeUrl: string
  databaseUrl: string
  leaseSeconds: number
  claimSeconds: number
}

const options = JSON.parse(process.argv[2] ?? '{}') as ReplicaOptions
const store = createStore({ url: options.storeUrl, user: USER, password: PASSWORD, database: 'exectrail' })
const database = openDatabase(options.databaseUrl)
const outlets = { allowedAddresses: ['127.0.0.1'], smtpUrl: null, mailFrom: 'a@b.example', publicUrl: null }
startAlerting({
  sources: { store, database, pipeline: null, budgets: null },
  delivery: {
    queries: database.queries,
    outlets,
    seal: createSeal(null),
    claimSeconds: options.claimSeconds,
  },
  log: (line) => process.stderr.write(`${options.replica}: ${line}\n`),
  replica: options.replica,
  leaseSeconds: options.leaseSeconds,
})
setInterval(() => undefined, 60_000)
