/** The syntax tree of JavaScript, walked without recursion: code may be nested as deep as it likes. */
import { parse, type AnyNode, type Program } from 'acorn'

export type FunctionNode = Extract<AnyNode, { params: unknown }>

export function isFunction(node: AnyNode): node is FunctionNode {
  return 'params' in node
}

const FORMS = [
  { sourceType: 'module' },
  { sourceType: 'commonjs' },
  { sourceType: 'script', allowReturnOutsideFunction: true, allowAwaitOutsideFunction: true },
] as const

/** The tree of a module, of a CommonJS program or of the body of an asynchronous function; null where it is none. */
export function parseProgram(code: string): Program | null {
  for (const form of FORMS) {
    try {
      return parse(code, { ecmaVersion: 'latest', allowHashBang: true, ...form })
    } catch {
      // another form, newer than the parser, or an error, which the interpreter reports better
    }
  }
  return null
}

/** A node, and whether it lies within one that `isInside` takes. */
export interface Step {
  node: AnyNode
  inside: boolean
}

/** All nodes below `root`, each before those that it holds and in the order of the text. */
export function* walk(root: AnyNode, isInside: (node: AnyNode) => boolean = () => false): Generator<Step> {
  const waiting: Step[] = [{ node: root, inside: false }]
  for (let step = waiting.pop(); step !== undefined; step = waiting.pop()) {
    yield step
    const inside = step.inside || isInside(step.node)
    const first = waiting.length
    for (const value of Object.values(step.node)) addNodes(value, inside, waiting)
    // The last that is added comes first.
    for (let low = first, high = waiting.length - 1; low < high; low += 1, high -= 1) swap(waiting, low, high)
  }
}

function addNodes(value: unknown, inside: boolean, waiting: Step[]): void {
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) for (const item of value) addNodes(item, inside, waiting)
  else if (isNode(value)) waiting.push({ node: value, inside })
}

function swap(steps: Step[], one: number, other: number): void {
  const [left, right] = [steps[one], steps[other]]
  if (left === undefined || right === undefined) return
  steps[one] = right
  steps[other] = left
}

function isNode(value: object): value is AnyNode {
  return 'type' in value && typeof value.type === 'string'
}
