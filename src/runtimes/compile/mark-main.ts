/**
 * Marks in JavaScript where a program may begin its own main, so that its guest program sees whether it does: a
 * function that is main says so when it begins, and a call by main's name says what it calls. No line moves.
 */
import type { AnyNode } from 'acorn'
import { findEntries, findNames } from './main-names.ts'
import { isFunction, parseProgram, walk, type FunctionNode } from './syntax-tree.ts'

/** The marked code. */
export interface Marked {
  code: string
  /** It calls main outside of main, or hands it to another function: it may begin main once it has run. */
  callsMain: boolean
}

interface Edit {
  at: number
  text: string
}

/**
 * Marks by calls of `mark`, a function that returns its argument and that the code does not have yet. Code that
 * cannot be parsed stays as it is.
 */
export function markMain(code: string, mark: string): Marked {
  const program = parseProgram(code)
  if (program === null) return { code, callsMain: false }
  const names = findNames(program)
  const entries = findEntries(program, names)
  const isMain = (node: AnyNode): boolean => node.type === 'Identifier' && names.has(node.name)
  const hasMember = [...entries.values()].some((name) => name.endsWith('.main'))
  const edits: Edit[] = []
  let callsMain = false
  for (const { node, inside } of walk(program, (outer) => entries.has(outer))) {
    const name = entries.get(node)
    if (name !== undefined && isFunction(node)) edits.push(...markEntry(node, `${mark}(${name})`))
    if (inside || (node.type !== 'CallExpression' && node.type !== 'NewExpression')) continue
    const { callee } = node
    const isOfMain =
      callee.type === 'MemberExpression' && (isMain(callee.object) || (isMain(callee.property) && hasMember))
    callsMain ||= isMain(callee) || isOfMain || node.arguments.some((argument) => isMain(argument))
    if (node.type === 'CallExpression' && isMain(callee))
      edits.push({ at: callee.start, text: `${mark}(` }, { at: callee.end, text: ')' })
  }
  return { code: applyEdits(code, edits), callsMain }
}

/** At the begin of the body, behind what there is of directives. */
function markEntry({ body }: FunctionNode, call: string): Edit[] {
  if (body.type !== 'BlockStatement')
    return [
      { at: body.start, text: `(${call},` },
      { at: body.end, text: ')' },
    ]
  const directive = body.body.findLast(
    (statement) => 'directive' in statement && statement.directive !== undefined,
  )
  return [{ at: directive?.end ?? body.start + 1, text: `;${call};` }]
}

function applyEdits(code: string, edits: readonly Edit[]): string {
  let [marked, from] = ['', 0]
  for (const { at, text } of edits.toSorted((a, b) => a.at - b.at)) {
    marked += code.slice(from, at) + text
    from = at
  }
  return marked + code.slice(from)
}
