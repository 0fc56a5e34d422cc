/** What a reader has written to publish, kept as typed, and made into a definition when it is sent. */
import type { AgentDefinitionInput } from '../../../client/index.ts'
import type { Language, RuntimeName } from '../../../execution.ts'

export interface PublishDraft {
  name: string
  version: string
  description: string
  license: string
  /** With commas between. */
  topics: string
  language: Language
  runtimes: readonly RuntimeName[]
  code: string
  readme: string
  /** JSON; '' for none. */
  inputSchema: string
  /** JSON; '' for no example. */
  exampleInput: string
  /** JSON; '' where any output will do. */
  exampleOutput: string
  /** Where the code comes from; '' where that is not said. */
  repository: string
  commit: string
  /** Of an execution: what of its request goes along as it is. */
  rest: Readonly<Record<string, unknown>>
}

export const FIRST: PublishDraft = {
  name: '',
  version: '1.0.0',
  description: '',
  license: 'Apache-2.0',
  topics: '',
  language: 'python',
  runtimes: ['subprocess'],
  code: '',
  readme: '',
  inputSchema: '',
  exampleInput: '',
  exampleOutput: '',
  repository: '',
  commit: '',
  rest: {},
}

/** @throws {SyntaxError} that says which part is no JSON */
export function toDefinition(draft: PublishDraft): AgentDefinitionInput {
  const { name, version, description, license, topics, language, runtimes, code, readme, rest } = draft
  const inputSchema = readJson('input schema', draft.inputSchema)
  const input = readJson('input of the example', draft.exampleInput)
  const output = readJson('output of the example', draft.exampleOutput)
  const source = { repository: draft.repository.trim(), commit: draft.commit.trim() }
  const hasExample = input !== undefined || output !== undefined
  return {
    ...rest,
    name: name.trim(),
    version: version.trim(),
    description: description.trim(),
    language,
    code,
    runtimes: [...runtimes],
    ...((source.repository !== '' || source.commit !== '') && { source }),
    // The service says what is wrong with it.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- JSON as it was typed
    ...(inputSchema !== undefined && { inputSchema: inputSchema as Record<string, unknown> }),
    examples: hasExample
      ? [
          {
            name: 'example',
            ...(input !== undefined && { input }),
            ...(output !== undefined && { output }),
          },
        ]
      : [],
    readme,
    license: license.trim(),
    topics: topics
      .split(',')
      .map((topic) => topic.trim())
      .filter((topic) => topic !== ''),
  }
}

function readJson(what: string, text: string): unknown {
  if (text.trim() === '') return undefined
  try {
    return JSON.parse(text)
  } catch (error) {
    const why = error instanceof Error ? error.message : ''
    throw new SyntaxError(`The ${what} is no JSON: ${why}`, { cause: error })
  }
}
