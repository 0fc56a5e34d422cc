import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  BROWSER,
  expectAccessible,
  expectAccessibleInBothThemes,
  NARROW,
  overflowOf,
  startDashboard,
  takeComplaints,
  type DashboardStack,
} from '../support/dashboard.ts'
import { DEEP, hostileRecord, SCRIPT } from '../support/hostile-records.ts'
import { makeRecord } from '../support/records.ts'

const STEP = { workflowExecutionId: 'wf-1', nodeId: 'sum' } as const
const failed = makeRecord({
  ...STEP,
  attempt: 2,
  outcome: 'failure',
  success: false,
  errorType: 'exception',
  errorMessage: "KeyError: 'y'",
  errorStack: 'Traceback (most recent call last):\n  File "main.py", line 4, in main\nKeyError: \'y\'',
  hint: 'The input is the argument of main(input).',
  code: 'def f(x):\n    return x["y"]\n\nprint(f({}))\n',
  requestLoss: 'none',
  input: '{"id":9007199254740993}',
  stdout: '\u001B[31mred\u001B[0m\n10 %\r100 %\n',
  stdoutBytes: 3_250_585,
  stdoutBlob: 'a'.repeat(64),
  outputTruncated: true,
  durationMs: 400,
  costRunNanoUsd: null,
})
const first = makeRecord({ ...STEP, durationMs: 800, stdout: 'green\n', stdoutBytes: 6 })
const patient = makeRecord({
  code: 'import time\nprint("begun", flush=True)\ntime.sleep(60)\n',
  requestLoss: 'none',
})
const hostile = hostileRecord()
const deep = makeRecord({ result: DEEP })
let stack: DashboardStack

describe.skipIf(BROWSER === null)('an execution', () => {
  beforeAll(async () => {
    stack = await startDashboard([failed, first, patient, hostile, deep])
  })
  afterAll(() => stack.stop())

  it.each(['light', 'dark'] as const)('says why it failed, where, and what it took, %s', async (theme) => {
    await using opened = await stack.open(`/executions/${failed.executionId}`, { theme })
    const { page } = opened
    await page.getByRole('region', { name: 'Reason' }).getByText("KeyError: 'y'").first().waitFor()
    await page.getByText('Fails here, line 4').waitFor()
    await page.getByText('first 24 B of 3.1 MiB').waitFor()
    const whole = page.getByRole('link', { name: /^Whole / })
    expect(await whole.allInnerTexts()).toEqual(['Whole stdout'])
    expect(await whole.getAttribute('href')).toBe(`/v1/executions/${failed.executionId}/stdout?download=1`)
    const stdout = page.getByRole('region', { name: 'stdout' })
    expect((await stdout.innerText()).split('\n').filter((line) => line !== '')).toEqual(['red', '100 %'])
    await page.getByRole('region', { name: 'Input' }).getByText('9007199254740993').waitFor()
    await page.getByText('No price of subprocess is set for that day').first().waitFor()
    await page.getByText('Attempts of sum').waitFor()
    await page.getByRole('figure', { name: 'Spans of the trace' }).waitFor()
    await expectAccessible(page)
  })

  it('is run again, with the reason of a refusal and both records beside each other', async () => {
    await using opened = await stack.open(`/executions/${failed.executionId}`)
    const { page } = opened
    await page.getByRole('button', { name: 'With changes …' }).click()
    await page.getByRole('textbox', { name: 'Time limit, ms' }).fill('soon')
    await page.getByRole('button', { name: 'Run again' }).click()
    await page.getByRole('alert').getByText('The time limit is a whole number above 0').waitFor()
    await page.getByRole('textbox', { name: 'Time limit, ms' }).fill('20000')
    await page.getByRole('button', { name: 'Run again' }).click()
    await page.getByRole('row', { name: /Limit timeout 30.0 s 20.0 s/u }).waitFor()
    await page.getByRole('link', { name: 'Compare on a page' }).click()
    await page.getByRole('heading', { level: 1, name: 'Compare' }).waitFor()
    expect(new URL(page.url()).searchParams.get('a')).toBe(failed.executionId)
  })

  it('is run again with its output as it comes, and ended on request', async () => {
    await using opened = await stack.open(`/executions/${patient.executionId}`)
    const { page } = opened
    await page.getByRole('button', { name: 'Run again' }).click()
    await page.getByRole('region', { name: 'stdout' }).getByText('begun').waitFor()
    await page.getByRole('heading', { name: 'Repetition' }).waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Cancel', exact: true }).click()
    await page.getByRole('row', { name: /Outcome success cancelled/u }).waitFor()
    expect(await page.getByRole('link', { name: 'Compare on a page' }).count()).toBe(1)
  })

  it('is compared with another, differences alone unless all is asked for', async () => {
    await using opened = await stack.open(`/compare?a=${failed.executionId}&b=${first.executionId}`)
    const { page } = opened
    await page.getByRole('row', { name: 'Duration 400 ms 800 ms × 2.0' }).waitFor()
    await page.getByRole('region', { name: 'Stdout, differences' }).getByText('green').waitFor()
    expect(await page.getByRole('row', { name: /^Runtime/u }).count()).toBe(0)
    await page.getByRole('button', { name: 'All fields' }).click()
    await page.getByRole('row', { name: /^Runtime/u }).waitFor()
    expect(new URL(page.url()).searchParams.get('show')).toBe('all')
    await expectAccessibleInBothThemes(page)
  })

  it('shows hostile texts as text, on a telephone as well', async () => {
    await using opened = await stack.open(`/executions/${hostile.executionId}`, { size: NARROW })
    const { page } = opened
    await page.getByText(SCRIPT).first().waitFor()
    await page.getByText('[U+202E]gnirts desrever[U+202C] ^@^G').first().waitFor()
    await page
      .getByRole('button', { name: /more characters/u })
      .first()
      .waitFor()
    expect(await page.title()).not.toContain('owned')
    expect(await overflowOf(page)).toBeLessThanOrEqual(0)
    expect(await page.locator('main *').count()).toBeLessThan(20_000)
    await page.goto(page.url().replace(hostile.executionId, deep.executionId))
    await page.getByRole('region', { name: 'Result' }).getByText('[[[[[[').waitFor()
  })

  it('that does not exist is said to be missing', async () => {
    await using opened = await stack.open('/executions/01890000-0000-7000-8000-000000000000')
    await opened.page.getByText('No execution has this id').waitFor()
    expect(await takeComplaints(opened)).toContain('404')
  })
})
