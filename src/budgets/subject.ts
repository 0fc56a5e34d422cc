/** The subject of a budget: an organization, narrowed to a workspace, an agent or a user where one is named. */
import type { BudgetSubject } from '../metadata/budgets.ts'

const NARROWING = [
  { field: 'workspaceId', word: 'workspace' },
  { field: 'codeAgentId', word: 'agent' },
  { field: 'userId', word: 'user' },
] as const

/** The fields that narrow a subject within its organization. */
export type SubjectField = (typeof NARROWING)[number]['field']

interface SubjectPart {
  field: SubjectField
  word: string
  value: string
}

/** What a subject names besides its organization. */
export function partsOf(subject: Pick<BudgetSubject, SubjectField>): SubjectPart[] {
  return NARROWING.flatMap(({ field, word }) => {
    const value = subject[field]
    return value === null ? [] : [{ field, word, value }]
  })
}

/** True when the subject covers an execution of its organization. */
export function covers(
  subject: Pick<BudgetSubject, SubjectField>,
  execution: { [Field in SubjectField]?: string | null | undefined },
): boolean {
  return NARROWING.every(({ field }) => subject[field] === null || subject[field] === execution[field])
}

/** For messages: `organization "acme", agent "crawler"`. */
export function describeSubject(subject: BudgetSubject): string {
  return [{ word: 'organization', value: subject.organizationId }, ...partsOf(subject)]
    .map(({ word, value }) => `${word} ${JSON.stringify(value)}`)
    .join(', ')
}

/** For tables: `acme, agent crawler`. */
export function labelSubject(subject: BudgetSubject): string {
  return [subject.organizationId, ...partsOf(subject).map(({ word, value }) => `${word} ${value}`)].join(', ')
}
