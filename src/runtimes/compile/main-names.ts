/** What of a program is its main: by which names it is known, and which functions it may be. */
import type { AnyNode, Program } from 'acorn'
import { isFunction, walk, type FunctionNode } from './syntax-tree.ts'

/** Names by which a function is exported as main. */
const EXPORTED = new Set(['main', 'default', 'handler'])

/** The names under which the program itself knows its main. */
export function findNames(program: Program): Set<string> {
  const names = new Set(['main'])
  const add = (node: AnyNode | null | undefined): void => {
    if (node?.type === 'Identifier') names.add(node.name)
  }
  for (const { node } of walk(program)) {
    if (node.type === 'ExportDefaultDeclaration')
      add('id' in node.declaration ? node.declaration.id : node.declaration)
    else if (node.type === 'ExportSpecifier' && EXPORTED.has(nameOf(node.exported))) add(node.local)
    else if (node.type === 'AssignmentExpression' && isExport(node.left))
      for (const value of exportedValues(node.right)) add(value)
    else if (node.type === 'CallExpression' && nameOf(node.callee) === '__export')
      for (const value of exportedValues(node.arguments[1])) add(value)
    else if (node.type === 'ExportNamedDeclaration' && declaresHandler(node.declaration)) names.add('handler')
  }
  return names
}

/** The functions that are or may be main, each with what it is called by, '' where it has no name that it may use. */
export function findEntries(program: Program, names: ReadonlySet<string>): Map<AnyNode, string> {
  const entries = new Map<AnyNode, string>()
  const add = (node: AnyNode | null | undefined, name: string, member = ''): void => {
    if (node && isFunction(node)) entries.set(node, name !== '' && !declares(node, name) ? name + member : '')
  }
  for (const statement of program.body) {
    const declared = 'declaration' in statement ? (statement.declaration ?? statement) : statement
    if (declared.type === 'VariableDeclaration')
      for (const { id, init } of declared.declarations) {
        if (names.has(nameOf(id))) add(init, nameOf(id))
        if (id.type === 'Identifier') for (const value of mainsOf(init)) add(value, id.name, '.main')
      }
    if (declared.type === 'ClassDeclaration')
      for (const value of mainsOf(declared)) add(value, nameOf(declared.id), '.main')
    if (declared.type === 'FunctionDeclaration' && names.has(nameOf(declared.id)))
      add(declared, nameOf(declared.id))
    else if (statement.type === 'ExportDefaultDeclaration') add(declared, '')
    if (statement.type !== 'ExpressionStatement' || statement.expression.type !== 'AssignmentExpression')
      continue
    const { left, right } = statement.expression
    if (left.type === 'Identifier' && names.has(left.name)) add(right, '')
    if (isExport(left)) for (const value of exportedValues(right)) add(value, '')
  }
  return entries
}

/** What an object or a class has by the name of main. */
function mainsOf(node: AnyNode | null | undefined): AnyNode[] {
  if (node?.type === 'ObjectExpression')
    return node.properties.flatMap((property) =>
      property.type === 'Property' && nameOf(property.key) === 'main' ? [property.value] : [],
    )
  if (node?.type !== 'ClassDeclaration') return []
  return node.body.body.flatMap((part) =>
    part.type === 'MethodDefinition' && part.static && nameOf(part.key) === 'main' ? [part.value] : [],
  )
}

/** The text of a name, whether it is an identifier or a string; '' where it is neither. */
function nameOf(node: AnyNode | null | undefined): string {
  if (node?.type === 'Identifier') return node.name
  return node?.type === 'Literal' && typeof node.value === 'string' ? node.value : ''
}

/** `module.exports`, or main as a member of what is exported. */
function isExport(node: AnyNode): boolean {
  if (node.type !== 'MemberExpression' || node.computed) return false
  const { object, property } = node
  if (nameOf(object) === 'module') return nameOf(property) === 'exports'
  const isExports = nameOf(object) === 'exports' || (object.type === 'MemberExpression' && isExport(object))
  return isExports && EXPORTED.has(nameOf(property))
}

/** What is exported as main by `node`: the members of an object, or a value. A compiler writes getters. */
function exportedValues(node: AnyNode | undefined): AnyNode[] {
  if (node?.type !== 'ObjectExpression') return node === undefined ? [] : [node]
  return node.properties.flatMap((property) => {
    if (property.type !== 'Property' || !EXPORTED.has(nameOf(property.key))) return []
    const { value } = property
    const isGetter = value.type === 'ArrowFunctionExpression' && value.body.type === 'Identifier'
    return [isGetter ? value.body : value]
  })
}

function declaresHandler(node: AnyNode | null | undefined): boolean {
  if (node?.type === 'FunctionDeclaration') return nameOf(node.id) === 'handler'
  return node?.type === 'VariableDeclaration' && node.declarations.some(({ id }) => nameOf(id) === 'handler')
}

/** True where `name` may be something else inside of the function. */
function declares({ params, body }: FunctionNode, name: string): boolean {
  const patterns: AnyNode[] = [...params]
  for (const { node: inner } of walk(body)) {
    if (inner.type === 'VariableDeclarator') patterns.push(inner.id)
    else if (inner.type === 'FunctionDeclaration' || inner.type === 'ClassDeclaration')
      if (inner.id !== null) patterns.push(inner.id)
  }
  return patterns.some((pattern) => {
    for (const { node: part } of walk(pattern)) if (nameOf(part) === name) return true
    return false
  })
}
