/** Sample executions that show every language and the most common outcomes. */
import type { ExecutionRequest } from '../execution.ts'

/** The agent the samples belong to, for `logs`, `stats` and links. */
export const SAMPLE_AGENT = 'samples'

interface Sample {
  title: string
  request: ExecutionRequest
}

const context = { codeAgentId: SAMPLE_AGENT, workflowExecutionId: 'samples-1', userId: 'you' }

export const SAMPLES: readonly Sample[] = [
  {
    title: 'sum a list',
    request: {
      runtime: 'subprocess',
      language: 'python',
      code: 'def main(input):\n    print("adding", len(input["xs"]), "numbers")\n    return {"sum": sum(input["xs"])}\n',
      input: { xs: [1, 2, 3] },
      context: { ...context, nodeId: 'sum' },
    },
  },
  {
    title: 'count words',
    request: {
      runtime: 'subprocess',
      language: 'javascript',
      code: `export function main({ text }) {
  const counts = {}
  for (const word of text.toLowerCase().match(/\\w+/g)) counts[word] = (counts[word] ?? 0) + 1
  return counts
}`,
      input: { text: 'the cat and the hat' },
      context: { ...context, nodeId: 'count' },
      usage: { inputTokens: 412, outputTokens: 96, model: 'sample-model' },
    },
  },
  {
    title: 'sort by date',
    request: {
      runtime: 'subprocess',
      language: 'typescript',
      code: `interface Order { id: string; at: string }
export function main(input: { orders: Order[] }): string[] {
  return input.orders.toSorted((a, b) => a.at.localeCompare(b.at)).map((order) => order.id)
}`,
      input: {
        orders: [
          { id: 'b', at: '2026-02-01' },
          { id: 'a', at: '2026-01-01' },
        ],
      },
      outputSchema: { type: 'array', items: { type: 'string' } },
      context: { ...context, nodeId: 'sort' },
    },
  },
  {
    title: 'a pipe of commands',
    request: {
      runtime: 'subprocess',
      language: 'bash',
      code: 'printf "%s\\n" pear apple fig | sort | head -n 1\n',
      context: { ...context, nodeId: 'pipe' },
    },
  },
  {
    title: 'the same, in vm2',
    request: {
      runtime: 'vm2',
      language: 'javascript',
      code: 'function main(input) { return input.xs.reduce((sum, x) => sum + x, 0) }',
      input: { xs: [1, 2, 3] },
      context: { ...context, nodeId: 'sum' },
    },
  },
  {
    title: 'code that throws',
    request: {
      runtime: 'subprocess',
      language: 'python',
      code: 'def main(input):\n    return input["missing"]\n',
      input: {},
      context: { ...context, nodeId: 'broken' },
    },
  },
  {
    title: 'code that never ends',
    request: {
      runtime: 'subprocess',
      language: 'javascript',
      code: 'while (true) {}',
      limits: { timeoutMs: 500 },
      context: { ...context, nodeId: 'endless' },
    },
  },
]
