/** The ways in which the stand-in can be made to fail, as the provider does. */
import type { ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { sendJson } from './connect.ts'

export type Route =
  | 'create'
  | 'connect'
  | 'list'
  | 'info'
  | 'kill'
  | 'metrics'
  | 'timeout'
  | 'pause'
  | 'upload'
  | 'download'
  | 'start'
  | 'stat'
  | 'input'
  | 'health'

/** One way to fail. */
export interface Fault {
  on: Route
  /**
   * `answer`: an error instead of doing it. `drop`: the connection ends without an answer. `hang`: no answer at
   * all. `half`: it is done, and the connection ends without an answer. `half-hang`: it is done, and there is no
   * answer at all. `late`: it is done after `delayMs`.
   */
  how: 'answer' | 'drop' | 'hang' | 'half' | 'half-hang' | 'late'
  delayMs?: number
  status?: number
  message?: string
  retryAfterS?: number
  /** How often. @default 1 */
  times?: number
}

export class Faults {
  #planned: { fault: Fault; left: number }[] = []

  plan(fault: Fault): void {
    this.#planned.push({ fault, left: fault.times ?? 1 })
  }

  clear(): void {
    this.#planned = []
  }

  /** Fails as planned; `serve` goes on, `done` means that the request has had its answer. */
  async meet(route: Route, response: ServerResponse, serve: () => Promise<void>): Promise<void> {
    const plan = this.#planned.find(({ fault, left }) => fault.on === route && left > 0)
    if (plan === undefined) {
      await serve()
      return
    }
    plan.left -= 1
    const { fault } = plan
    if (fault.how === 'hang') return
    if (fault.how === 'drop') {
      response.destroy()
      return
    }
    if (fault.how === 'late') await pause(fault.delayMs)
    if (fault.how === 'half' || fault.how === 'half-hang') {
      const end = fault.how === 'half' ? () => response.destroy() : () => response
      Object.assign(response, { writeHead: () => response, write: () => true, end })
    }
    if (fault.how !== 'answer') {
      await serve()
      return
    }
    const status = fault.status ?? 500
    const headers: Record<string, string> =
      fault.retryAfterS === undefined ? {} : { 'retry-after': String(fault.retryAfterS) }
    sendJson(response, status, { code: status, message: fault.message ?? 'planned' }, headers)
  }
}
