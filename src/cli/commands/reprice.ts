/** `exectrail reprice`: computes the costs of stored executions again, by another price book. */
import { loadConfig } from '../../config.ts'
import { resolve } from 'node:path'
import { loadPriceBook } from '../../cost/price-book.ts'
import { createPricing } from '../../cost/pricing.ts'
import { formatCount, formatUsd } from '../../format.ts'
import { reprice as repriceRows, type Repricing } from '../../service/reprice.ts'
import { toJson } from '../escape-controls.ts'
import { withStore } from '../open-store.ts'
import { renderTable } from '../table.ts'
import type { Terminal } from '../terminal.ts'
import { readWindow, type WindowOptions } from '../window-options.ts'

const DEFAULT_SPAN = '30d'

export interface RepriceOptions extends WindowOptions {
  prices?: string
  apply?: true
  json?: true
}

/**
 * Says what changes; writes it with `--apply`.
 * @throws {ConfigError} for a faulty file of prices
 * @throws {ExectrailError} when no store is known or it does not answer
 */
export async function reprice(options: RepriceOptions, terminal: Terminal): Promise<number> {
  const config = loadConfig()
  const window = readWindow(options, DEFAULT_SPAN)
  const path = options.prices === undefined ? config.prices : resolve(options.prices)
  const pricing = createPricing(await loadPriceBook(path))
  const scope = options.org === undefined ? 'all' : { organizationId: options.org }
  const mode = options.apply === true ? 'apply' : 'dry run'
  const found = await withStore(config, (store) => repriceRows({ store, scope, pricing }, { window, mode }))
  if (options.json) await terminal.data(toJson(found))
  else await print(found, terminal)
  return 0
}

async function print(found: Repricing, terminal: Terminal): Promise<void> {
  const { count, changedCount, applied, changes } = found
  const [all, changed] = [formatCount(count), formatCount(changedCount)]
  if (changedCount === 0) return terminal.say(`None of ${all} executions changes.`)
  await terminal.data(render(changes))
  if (applied) terminal.say(`${changed} of ${all} executions have new costs.`)
  else
    terminal.say(`${changed} of ${all} executions would change; nothing is written. Write it with --apply.`)
  return undefined
}

const right = (title: string) => ({ title, align: 'right' as const })

function render(changes: Repricing['changes']): string {
  return renderTable(
    [
      { title: 'prices before' },
      { title: 'after' },
      right('count'),
      right('run before'),
      right('after'),
      right('allocated before'),
      right('after'),
      right('tokens before'),
      right('after'),
    ],
    changes.map(({ from, to, count, before, after }) => [
      from,
      to,
      formatCount(count),
      formatUsd(before.costRunNanoUsd),
      formatUsd(after.costRunNanoUsd),
      formatUsd(before.costAllocatedNanoUsd),
      formatUsd(after.costAllocatedNanoUsd),
      formatUsd(before.costTokensNanoUsd),
      formatUsd(after.costTokensNanoUsd),
    ]),
  )
}
