/** The runtimes that are compared, started in each of their ways; the first is what the others are held to. */
import { subprocess } from '../../src/runtimes/subprocess.ts'
import { stopCompiling } from '../../src/runtimes/transpile.ts'
import { vm2 } from '../../src/runtimes/vm2.ts'
import { wasmedge } from '../../src/runtimes/wasmedge.ts'
import type { Runtime } from '../../src/runtimes/runtime.ts'
import { e2bOn } from '../support/e2b.ts'
import { E2bStandIn } from '../support/e2b-stand-in/server.ts'
import { localOptions } from '../support/local-runtime.ts'
import { findUncompiled, findWasmedge, wasmedgeOptions } from '../support/wasmedge.ts'

/** A runtime under comparison. */
export interface Subject {
  name: string
  runtime: Runtime
  /** A slow one is spared the snippets. */
  kind: 'fast' | 'slow'
  /** Of so many programs it runs one. */
  every: number
  close(): Promise<void>
}

/** Of all programs a runtime that starts anew for each of them runs so many. */
const SAMPLE = 10

/** All that are ready here. */
export async function makeSubjects(): Promise<Subject[]> {
  const standIn = await E2bStandIn.start()
  const isWasmReady = (await findWasmedge()) === null && (await findUncompiled()).python === undefined
  return [
    subject('subprocess', subprocess(localOptions())),
    subject(
      'subprocess, started anew',
      subprocess(localOptions({ forkServer: 'off', pool: { cap: 0 } })),
      SAMPLE,
    ),
    subject('vm2', vm2(localOptions())),
    ...(isWasmReady ? [subject('wasmedge', wasmedge(wasmedgeOptions()))] : []),
    ...(standIn === null
      ? []
      : [subject('e2b on the stand-in', e2bOn(standIn), SAMPLE, () => standIn.close())]),
  ]
}

/** Ends all of them and the compilers they share. */
export async function closeSubjects(subjects: readonly Subject[]): Promise<void> {
  await Promise.all(subjects.map((made) => made.close()))
  await stopCompiling()
}

function subject(name: string, runtime: Runtime, every = 1, after = async () => {}): Subject {
  const close = async (): Promise<void> => {
    await runtime.close()
    await after()
  }
  return { name, runtime, every, kind: every === 1 ? 'fast' : 'slow', close }
}
