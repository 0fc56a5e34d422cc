/** The page of alerts, in a real browser over a real store and a real Postgres. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { evaluateDue } from '../../src/alerts/evaluate.ts'
import { createRule } from '../../src/alerts/manage-rules.ts'
import { ruleSchema } from '../../src/alerts/rule.ts'
import { moveOn } from '../../src/metadata/alert-rules.ts'
import { CALLER, MINUTE } from '../support/alert-stack.ts'
import { startReceiver } from '../support/alerts.ts'
import {
  BROWSER,
  expectAccessibleInBothThemes,
  expectLabelsAbove,
  NARROW,
  overflowOf,
  startDashboard,
  takeComplaints,
  type DashboardStack,
} from '../support/dashboard.ts'
import { startMetadata, type TestMetadata } from '../support/metadata.ts'
import { makeRecord } from '../support/records.ts'

const NAME = '<img src=x onerror=alert(1)>'
/** A minute that ended a while ago. */
const END = Math.floor(Date.now() / MINUTE) * MINUTE - 10 * MINUTE
const failures = Array.from({ length: 30 }, (_, index) =>
  makeRecord({
    organizationId: 'acme',
    codeAgentId: 'failing',
    startedAt: new Date(END - 30_000 + index).toISOString(),
    outcome: index < 20 ? 'failure' : 'success',
    success: index >= 20,
    ...(index < 20 && { errorType: 'exception' }),
  }),
)

/** Channels may reach this host. */
const OUTLETS = {
  allowedAddresses: ['127.0.0.1'],
  smtpUrl: null,
  mailFrom: 'exectrail@localhost',
  publicUrl: null,
}

let metadata: TestMetadata
let stack: DashboardStack

describe.skipIf(BROWSER === null)('the page of alerts', () => {
  beforeAll(async () => {
    metadata = await startMetadata()
    stack = await startDashboard(failures, { metadata, alertOutlets: OUTLETS })
  })
  afterAll(async () => {
    await stack.stop()
    await metadata[Symbol.asyncDispose]()
  })

  it('makes a rule, tries it over the past before it is saved, and switches it off', async () => {
    await using opened = await stack.open('/alerts?organization=acme')
    const { page } = opened
    await page.getByText('Nothing is firing').waitFor()
    await page.getByRole('link', { name: 'Rules' }).click()
    await page.getByText('exectrail alert apply -f alerts.yaml').waitFor()
    await page.getByRole('button', { name: 'New rule' }).click()
    const form = page.getByRole('form', { name: 'New rule' })
    await expectLabelsAbove(form)
    await form.getByRole('button', { name: 'Save the rule' }).click()
    await form.getByRole('alert').getByText('give the rule a name').waitFor()
    await form.getByLabel('Name').fill(NAME)
    await form.getByLabel('Only executions with').fill('codeAgentId=failing')
    await page.getByRole('button', { name: 'Try over 24 hours' }).click()
    await page.getByText('Of 1,440 windows 5 would have fired').waitFor()
    await page.getByRole('img', { name: 'Values of the rule' }).waitFor()
    await expectAccessibleInBothThemes(page)
    expect(await takeComplaints(opened)).toContain('give the rule a name')
    await form.getByRole('button', { name: 'Save the rule' }).click()
    const row = page.getByRole('row').filter({ hasText: NAME })
    await row.getByText('share of failures at or above 10.0 % (warning), 25.0 % (critical)').waitFor()
    await page.setViewportSize(NARROW)
    expect(await overflowOf(page)).toBeLessThanOrEqual(0)
    const cell = await row.getByRole('cell', { name: 'codeAgentId=failing' }).boundingBox()
    expect(cell?.width).toBeGreaterThan(120)
    await page.setViewportSize({ width: 1360, height: 850 })
    await row.getByRole('switch').click()
    await row.getByRole('switch', { checked: false }).waitFor()
    await row.getByRole('link', { name: NAME }).click()
    await page.getByText('No window has been evaluated yet: the rule is off').waitFor()
    expect(new URL(page.url()).searchParams.get('rule')).not.toBeNull()
  })

  it('begins a rule from a chart, with the executions that it shows', async () => {
    await using opened = await stack.open('/agents/failing?organization=acme&range=24h')
    await opened.page.getByRole('link', { name: 'Alert on Duration' }).click()
    const form = opened.page.getByRole('form', { name: 'New rule' })
    await form.getByLabel('Critical from, ms').waitFor()
    expect(await form.getByLabel('Only executions with').inputValue()).toBe('codeAgentId=failing')
  })

  it('shows what fires and why, leads to those executions, and takes note of what one does', async () => {
    const rule = await createRule(
      metadata.database,
      CALLER,
      ruleSchema.parse({
        name: 'failures',
        windowSeconds: 60,
        condition: { kind: 'ratio', critical: 0.5 },
        groupBy: ['codeAgentId'],
      }),
    )
    await moveOn(metadata.database.queries, [{ id: rule.id, nextEnd: new Date(END).toISOString() }])
    const sources = {
      store: stack.clickhouse.store,
      database: metadata.database,
      pipeline: null,
      budgets: null,
    }
    await evaluateDue(sources, END + 40_000)

    await using opened = await stack.open('/alerts?organization=acme')
    const { page } = opened
    const row = page.getByRole('row').filter({ hasText: 'codeAgentId=failing' })
    await row.getByText('critical', { exact: true }).waitFor()
    await row.getByRole('button', { name: 'Acknowledge' }).click()
    await row.getByText(/seen by/).waitFor()
    await expectAccessibleInBothThemes(page)
    await page.setViewportSize(NARROW)
    expect(await overflowOf(page)).toBeLessThanOrEqual(0)
    await row.getByRole('link', { name: 'Silence' }).click()
    const silence = page.getByRole('form', { name: 'New silence' })
    await silence.getByRole('option', { name: 'failures', selected: true }).waitFor({ state: 'attached' })
    expect(await silence.getByLabel('Only groups with').inputValue()).toBe('codeAgentId=failing')
    await page.goBack()
    await row.getByRole('link', { name: 'show' }).click()
    await page.getByRole('grid').or(page.getByRole('table')).first().waitFor()
    expect(new URL(page.url()).searchParams.getAll('where')).toContain('codeAgentId=failing')
    await page.goBack()
    await row.getByRole('button', { name: 'Resolve' }).click()
    await page.getByText('Nothing is firing').waitFor()
    await page.getByRole('link', { name: 'Ended' }).click()
    await row.getByText('resolved', { exact: true }).waitFor()
    await row.getByRole('link', { name: 'failures' }).click()
    await page
      .getByRole('table', { name: 'Evaluated windows, newest first' })
      .getByText('firing')
      .first()
      .waitFor()
  })

  it('silences alerts until a time, and ends a silence', async () => {
    await using opened = await stack.open('/alerts?state=silences&organization=acme')
    const { page } = opened
    await page.getByText('exectrail alert silence --for 2h --match codeAgentId=summer').waitFor()
    await page.getByRole('button', { name: 'New silence' }).click()
    const form = page.getByRole('form', { name: 'New silence' })
    await expectLabelsAbove(form)
    await form.getByLabel('Only groups with').fill('failing')
    await form.getByRole('button', { name: 'Silence' }).click()
    await form.getByRole('alert').getByText('Write groups as field=value').waitFor()
    await form.getByLabel('Only groups with').fill('codeAgentId=failing, userId=')
    await form.getByLabel('Why').fill(NAME)
    await form.getByLabel('For').selectOption('until …')
    await form.getByLabel('Until, UTC').fill('2099-12-31T12:00')
    await form.getByRole('button', { name: 'Silence' }).click()
    const row = page.getByRole('row').filter({ hasText: 'codeAgentId=failing' })
    await row.getByText('every rule').waitFor()
    await row.getByText('userId=(none)').waitFor()
    await row.getByText(NAME).waitFor()
    await row.getByText('31 Dec 12:00').waitFor()
    await expectAccessibleInBothThemes(page)
    await page.setViewportSize(NARROW)
    expect(await overflowOf(page)).toBeLessThanOrEqual(0)
    await row.getByRole('button', { name: 'End now' }).click()
    await page.getByText('Nothing is silenced').waitFor()
    expect(await row.count()).toBe(0)
  })

  it('makes a channel that takes a test message, and shows its secret once', async () => {
    await using receiver = await startReceiver()
    await using opened = await stack.open('/alerts?state=channels&organization=acme')
    const { page } = opened
    await page.getByText('exectrail alert channel save operations --kind webhook').waitFor()
    await page.getByRole('button', { name: 'New channel' }).click()
    const form = page.getByRole('form', { name: 'New channel' })
    await expectLabelsAbove(form)
    await form.getByLabel('Kind').selectOption('slack')
    await form.getByLabel('URL of the incoming webhook').waitFor()
    await form.getByLabel('Kind').selectOption('webhook')
    await form.getByLabel('Name').fill(NAME)
    await form.getByLabel('URL').fill(`${receiver.url}/refused`.replace('127.0.0.1', '10.0.0.1'))
    await form.getByRole('button', { name: 'Test and save' }).click()
    await form.getByRole('alert').getByText('a test message did not come through').waitFor()
    expect(await takeComplaints(opened)).toContain('/v1/')
    await form.getByLabel('URL').fill(`${receiver.url}/alerts`)
    await form.getByRole('button', { name: 'Test and save' }).click()
    const secret = page.getByText(/^whsec_/u)
    await secret.waitFor()
    expect(receiver.received.map(({ path }) => path)).toEqual(['/alerts'])
    await page.getByRole('button', { name: 'I have it' }).click()
    await secret.waitFor({ state: 'detached' })
    const row = page.getByRole('row').filter({ hasText: NAME })
    await row.getByText(`${receiver.url}/alerts`).waitFor()
    await row.getByText('••••••').waitFor()
    await row.getByRole('button', { name: 'Test' }).click()
    await page.getByText(`Took a test message: ${NAME}`).waitFor()
    expect(receiver.received).toHaveLength(2)
    await expectAccessibleInBothThemes(page)
    await page.setViewportSize(NARROW)
    expect(await overflowOf(page)).toBeLessThanOrEqual(0)
  })

  it('changes a channel without its secret, and deletes it when asked twice', async () => {
    await using receiver = await startReceiver()
    await using opened = await stack.open('/alerts?state=channels&organization=acme')
    const { page } = opened
    const row = page.getByRole('row').filter({ hasText: NAME })
    await row.getByRole('button', { name: 'Change' }).click()
    const form = page.getByRole('form', { name: `Change ${NAME}` })
    await form.getByLabel('URL').fill(`${receiver.url}/moved`)
    await form.getByLabel('Notifications an hour').fill('7')
    await form.getByRole('button', { name: 'Test and save' }).click()
    await row.getByText(`${receiver.url}/moved`).waitFor()
    await row.getByRole('cell', { name: '7', exact: true }).waitFor()
    expect(receiver.received.map(({ headers }) => typeof headers['webhook-signature'])).toEqual(['string'])
    await row.getByRole('button', { name: 'Delete' }).click()
    await row.getByRole('button', { name: 'Delete it' }).click()
    await page.getByText('There is no channel').waitFor()
    expect(await row.count()).toBe(0)
  })
})
