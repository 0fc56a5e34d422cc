import { afterAll, describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config.ts'
import { LANGUAGES, type Language, type RuntimeName } from '../../src/execution.ts'
import { createExecutor } from '../../src/executor/executor.ts'
import { readTemplates } from '../../src/registry/templates.ts'
import { wasmedge } from '../../src/runtimes/wasmedge.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { IS_LONG_FORM } from '../support/long-form.ts'
import { recordingTrail } from '../support/recording-trail.ts'
import { renderPage } from '../../tools/templates-table.ts'
import { findUncompiled, findWasmedge, wasmedgeOptions } from '../support/wasmedge.ts'

const templates = await readTemplates()
const [noWasmedge, uncompiled] = [await findWasmedge(), await findUncompiled()]
const home = await temporaryDirectory()
const executor = await createExecutor({
  config: loadConfig({ ...process.env, EXECTRAIL_HOME: home.path }),
  trail: recordingTrail(),
  runtimes: [wasmedge(wasmedgeOptions())],
})
const ready = new Set(
  (await executor.runtimes())
    .filter(({ readiness }) => readiness.ready)
    .map(({ runtime }): RuntimeName => runtime.name),
)

afterAll(async () => {
  await executor.close(0)
  await home[Symbol.asyncDispose]()
})

/** Why a template cannot run somewhere here; null where it can. */
function reasonNot(runtime: RuntimeName, language: Language): string | null {
  if (runtime === 'wasmedge') return noWasmedge ?? uncompiled[language] ?? null
  return ready.has(runtime) ? null : 'not ready here'
}

describe('the templates', () => {
  it('are a dozen and more, in every language', () => {
    expect(templates.length).toBeGreaterThanOrEqual(12)
    expect(new Set(templates.map(({ language }) => language))).toEqual(new Set(LANGUAGES))
  })

  it.each(templates.map((template) => [template.name, template] as const))(
    '%s says what it takes and gives, with examples',
    (name, template) => {
      expect(name).toMatch(/^exectrail\//u)
      expect(template.readme).toMatch(new RegExp(`^# ${name.split('/')[1]}\n`, 'u'))
      expect(template.topics).not.toEqual([])
      expect([template.inputSchema, template.outputSchema]).toEqual([expect.any(Object), expect.any(Object)])
      expect(template.examples.length).toBeGreaterThanOrEqual(2)
      expect(template.examples.filter(({ output }) => output === undefined)).toEqual([])
    },
  )
})

it('the table in the docs is that of the templates (else: node tools/templates-table.ts)', async () => {
  const { page, wanted } = await renderPage()
  expect(page).toBe(wanted)
})

/** Every example on the first runtime of its template; on its others the first, or in the long form all. */
const runs = templates.flatMap((template) =>
  template.runtimes.flatMap((runtime, at) =>
    template.examples
      .slice(0, IS_LONG_FORM || at === 0 ? undefined : 1)
      .map((example) => ({ template, runtime, example })),
  ),
)

describe('the examples of a template', () => {
  it.for(runs)(
    '$template.name on $runtime: $example.name',
    async ({ template, runtime, example }, { skip }) => {
      const { language, code, files, limits, inputSchema, outputSchema } = template
      const reason = reasonNot(runtime, language)
      skip(reason !== null, reason ?? '')
      const schemas = { inputSchema, outputSchema }
      const request = { runtime, language, code, files, limits, input: example.input, ...schemas }
      const { outcome, errorMessage, result } = await executor.execute(request)
      expect({ outcome, errorMessage, result }).toEqual({
        outcome: 'success',
        errorMessage: null,
        result: example.output,
      })
    },
  )
})
