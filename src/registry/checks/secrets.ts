/** Whether tokens and keys stand in what everybody who may see the version can read. */
import { runInWorker } from '../../executor/time-limit.ts'
import type { AgentDefinition } from '../definition.ts'
import { canonicalJson } from '../canonical-json.ts'
import { finding, type Finding } from './finding.ts'

interface ReadText {
  path: string
  text: string
}

/** One finding for each token of a known format, with its line but without the token. Reads in a thread of its own. */
export async function checkSecrets(definition: AgentDefinition): Promise<Finding[]> {
  const texts = textsOf(definition)
  const result = await runInWorker({ kind: 'secrets', texts: texts.map(({ text }) => text) })
  const failed = result === null ? 'it took too long' : faultOf(result.value)
  if (failed !== null)
    return [
      finding({
        check: 'secrets',
        severity: 'error',
        path: '',
        message: `the search for secrets did not end: ${failed}`,
        hint: 'Make the files smaller.',
      }),
    ]
  return readPlaces(result?.value ?? null).map(([index, line]) =>
    finding({
      check: 'secrets',
      severity: 'error',
      path: texts[index]?.path ?? '',
      line,
      message: 'this looks like a secret: a token, a key or a password',
      hint: 'Remove it, revoke it where it was issued, and pass secrets as environment variables of the execution.',
    }),
  )
}

const PLACES = /^\d+:\d+(?: \d+:\d+)*$/u

/** What else the worker answers with when it fails. */
function faultOf(value: string | null): string | null {
  return value === null || PLACES.test(value) ? null : value
}

/** `index:line` of each, as the worker writes them. */
function readPlaces(text: string | null): [index: number, line: number][] {
  if (text === null) return []
  return text.split(' ').map((place) => {
    const [index = '0', line = '1'] = place.split(':')
    return [Number(index), Number(line)]
  })
}

function textsOf(definition: AgentDefinition): ReadText[] {
  const { code, readme, description, files = [], examples, inputSchema, outputSchema, policy } = definition
  return [
    { path: 'code', text: code },
    { path: 'readme', text: readme },
    { path: 'description', text: description },
    ...files.map(({ content, encoding = 'utf8' }, at) => ({
      path: `files.${at}.content`,
      text: encoding === 'utf8' ? content : Buffer.from(content, 'base64').toString('latin1'),
    })),
    ...examples.map((example, at) => ({ path: `examples.${at}`, text: canonicalJson(example) })),
    { path: 'inputSchema', text: canonicalJson(inputSchema ?? null) },
    { path: 'outputSchema', text: canonicalJson(outputSchema ?? null) },
    { path: 'policy', text: canonicalJson(policy ?? null) },
  ]
}
