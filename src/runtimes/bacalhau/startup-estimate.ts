/** How long nodes that do not report it take from being let run to the program's first statement. */

/** A module of 26 MB, compiled for each job on two cores. */
const FIRST_MS = 3_700
const WEIGHT = 0.3

/** A running average of what was seen. */
export class StartupEstimate {
  ms = FIRST_MS

  /** One start that took `ms`. */
  learn(ms: number): void {
    if (Number.isFinite(ms) && ms >= 0) this.ms += WEIGHT * (ms - this.ms)
  }
}
