/** Carries what one sandbox prints to the executor. */
import type { OutputChunk } from '../../execution.ts'
import type { RuntimeIo } from '../runtime.ts'
import type { GuestReport } from './frames.ts'
import type { Outlet } from './outlet.ts'
import type { Channels } from './slot.ts'

const SETUP_NOISE_BYTES = 4096

/** Carries stdout and stderr to the executor, waiting for it; holds them back until the program begins. */
export class OutputPump {
  #channels: Channels
  #io: RuntimeIo
  #pumps: Promise<void>[] = []

  constructor(channels: Channels, io: RuntimeIo) {
    this.#channels = channels
    this.#io = io
  }

  begin(): void {
    this.#pumps = [this.#pump('stdout', this.#channels.out), this.#pump('stderr', this.#channels.err)]
  }

  /** Waits for the last of it; of a program that never began, only the language's refusal is output. */
  async end(unstarted: GuestReport | null): Promise<string> {
    if (unstarted !== null && unstarted.syntax !== null) this.begin()
    await Promise.all(this.#pumps)
    if (unstarted === null || unstarted.syntax !== null) return ''
    this.#channels.out.destroy()
    let noise = ''
    await this.#channels.err.pump((bytes) => {
      if (noise.length < SETUP_NOISE_BYTES) noise += Buffer.from(bytes).toString('utf8')
    })
    return noise.slice(0, SETUP_NOISE_BYTES).trim()
  }

  #pump(stream: OutputChunk['stream'], outlet: Outlet): Promise<void> {
    return outlet.pump((bytes) => this.#io.onOutput({ stream, bytes }))
  }
}
