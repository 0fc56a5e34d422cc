import type { ErrorGroup } from '../store/queries/errors.ts'

/** A group with what was decided about it. */
export interface ErrorView extends ErrorGroup {
  /** Who takes care of it. */
  assignee: string | null
  /** When it was resolved, ignored or reopened, ISO 8601 UTC. */
  stateSince: string | null
}
