/** Executions that are begun over HTTP and not waited for. */
import { expect } from 'vitest'
import { ACME_KEY, withKey, type TestService } from './service.ts'
import { waitFor } from './wait.ts'

type Json = Record<string, unknown>

export const bash = (code: string): object => ({ runtime: 'subprocess', language: 'bash', code })

/** What a caller does with them; the key is that of acme unless given. */
export function controlOf(service: () => TestService) {
  async function begin(body: object, key = ACME_KEY, headers: Record<string, string> = {}): Promise<string> {
    const answer = await service().post('/v1/executions', body, {
      ...withKey(key).headers,
      Prefer: 'respond-async',
      ...headers,
    })
    expect(answer.status, await answer.clone().text()).toBe(202)
    const { executionId } = (await answer.json()) as { executionId: string }
    expect(answer.headers.get('Location')).toBe(`/v1/executions/${executionId}`)
    expect(answer.headers.get('Preference-Applied')).toBe('respond-async')
    return executionId
  }

  async function get(id: string, key = ACME_KEY): Promise<{ status: number; body: Json }> {
    const answer = await service().ask(`/v1/executions/${id}`, withKey(key))
    return { status: answer.status, body: (await answer.json()) as Json }
  }

  function ended(id: string, key = ACME_KEY): Promise<Json> {
    const finished = async (): Promise<Json | null> => {
      const { status, body } = await get(id, key)
      expect([200, 202]).toContain(status)
      return status === 200 ? body : null
    }
    return waitFor(finished, { what: 'the end of the execution' })
  }

  function inPhase(id: string, phase: string): Promise<Json> {
    const asked = async (): Promise<Json | null> => {
      const { body } = await get(id)
      return body['phase'] === phase ? body : null
    }
    return waitFor(asked, { what: `the phase ${phase}` })
  }

  async function cancel(id: string, key = ACME_KEY): Promise<Response> {
    return service().post(`/v1/executions/${id}/cancel`, {}, withKey(key).headers)
  }
  return { begin, get, ended, inPhase, cancel }
}
