/** More samples, for the pages of the dashboard: agents in two versions, a workflow with a second attempt, and failures. */
import type { AgentExecutionRequest, ExecutionRequest } from '../execution.ts'
import { BUILT_IN } from '../registry/names.ts'

const ORGANIZATION = { userId: 'you' }

/** Short runs of several agents, in the order in which they begin. */
export const SAMPLES_OF_AGENTS: readonly ExecutionRequest[] = [
  ...repeat(16, (index) => watchPrice('1.0.0', index)),
  ...repeat(16, (index) => watchPrice('1.1.0', index)),
  ...repeat(8, writeReport),
  ...repeat(4, crunch),
]

/** One run of a workflow; each node waits for the one before it. */
export const SAMPLE_WORKFLOW: readonly ExecutionRequest[] = [
  orderNode('fetch', { language: 'bash', code: 'printf "order,amount\\na,12.5\\nb,x\\n"\n' }),
  orderNode('parse', {
    language: 'python',
    code: 'def main(input):\n    return [float(row.split(",")[1]) for row in input["rows"]]\n',
    input: { rows: ['a,12.5', 'b,x'] },
  }),
  orderNode('parse', {
    language: 'python',
    code: 'def main(input):\n    cells = [row.split(",")[1] for row in input["rows"]]\n    return [float(cell) for cell in cells if cell.replace(".", "").isdigit()]\n',
    input: { rows: ['a,12.5', 'b,x'] },
    attempt: 2,
  }),
  orderNode('total', {
    language: 'typescript',
    code: 'export function main(amounts: number[]): number {\n  return amounts.reduce((sum, amount) => sum + amount, 0)\n}\n',
    input: [12.5],
  }),
]

/** Agents of the registry, by name. */
export const SAMPLES_BY_NAME: readonly AgentExecutionRequest[] = [
  runTemplate('csv-summary', { csv: 'name,price\npear,2.5\nfig,3\napple,\n' }),
  runTemplate('unit-conversion', { value: 26.2, from: 'miles', to: 'km' }),
  runTemplate('markdown-toc', { markdown: '# Orders\n\n## Prices\n\n## Totals\n' }),
]

function runTemplate(name: string, input: unknown): AgentExecutionRequest {
  return { agent: `${BUILT_IN.namespace}/${name}`, input, context: ORGANIZATION }
}

function repeat(count: number, make: (index: number) => ExecutionRequest): ExecutionRequest[] {
  return Array.from({ length: count }, (_, index) => make(index))
}

/** The newer version is slower, and fails where an item has no price. */
function watchPrice(version: string, index: number): ExecutionRequest {
  const isNewer = version !== '1.0.0'
  const lookUp = isNewer
    ? '    time.sleep(0.03)\n    return {"price": round(item["price"] * 1.19, 2)}\n'
    : '    return {"price": round(item.get("price", 0) * 1.19, 2)}\n'
  return {
    runtime: 'subprocess',
    language: 'python',
    code: `import time\n\ndef main(item):\n    print("looking up", item["name"])\n${lookUp}`,
    input: { name: `item ${index}`, ...(index % 4 === 3 ? {} : { price: 10 + index }) },
    context: { ...ORGANIZATION, codeAgentId: 'price-watcher', codeAgentVersion: version },
    usage: { inputTokens: 600 + 20 * index, outputTokens: 140, model: 'gpt-4o-mini' },
  }
}

/** Prints with colours and a progress line; every fourth report lacks its title, and fails validation. */
function writeReport(index: number): ExecutionRequest {
  return {
    runtime: 'vm2',
    language: 'javascript',
    code: `function main({ title, rows }) {
  console.log('\\u001b[1mreport\\u001b[0m of ' + rows.length + ' rows')
  for (const row of rows) console.log('\\u001b[32mok\\u001b[0m  ' + row)
  return title === undefined ? { rows: rows.length } : { title, rows: rows.length }
}`,
    input: { rows: ['a', 'b', 'c'], ...(index % 4 === 1 ? {} : { title: `week ${index}` }) },
    outputSchema: { type: 'object', required: ['title', 'rows'] },
    context: { ...ORGANIZATION, codeAgentId: 'report-writer', codeAgentVersion: '2.3.1' },
    usage: { inputTokens: 1200, outputTokens: 400, model: 'gpt-4o-mini' },
  }
}

/** The last one asks for more memory than it may have. */
function crunch(index: number): ExecutionRequest {
  return {
    runtime: 'subprocess',
    language: 'python',
    code: 'def main(input):\n    data = bytearray(input["megabytes"] * 1024 * 1024)\n    return len(data)\n',
    input: { megabytes: index === 3 ? 400 : 8 * (index + 1) },
    limits: { memoryMb: 128 },
    context: { ...ORGANIZATION, codeAgentId: 'data-cruncher', codeAgentVersion: '0.4.0' },
  }
}

function orderNode(
  nodeId: string,
  request: Pick<ExecutionRequest, 'language' | 'code' | 'input' | 'attempt'>,
): ExecutionRequest {
  return {
    ...request,
    runtime: 'subprocess',
    context: {
      ...ORGANIZATION,
      codeAgentId: 'order-pipeline',
      codeAgentVersion: '1.2.0',
      workflowExecutionId: 'samples-orders-1',
      nodeId,
    },
  }
}
