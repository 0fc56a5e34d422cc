/** The runtimes that are compared, started in each of their ways; the first is what the others are held to. */
import { subprocess } from '../../src/runtimes/subprocess.ts'
import { stopCompiling } from '../../src/runtimes/transpile.ts'
import { vm2 } from '../../src/runtimes/vm2.ts'
import { wasmedge } from '../../src/runtimes/wasmedge.ts'
import type { Runtime } from '../../src/runtimes/runtime.ts'
import { e2bOn } from '../support/e2b.ts'
import { E2bStandIn } from '../support/e2b-stand-in/server.ts'
import { localOptions } from '../support/local-runtime.ts'
import { IS_LONG_FORM } from '../support/long-form.ts'
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

/** Of so many programs a runtime that is slow to start runs one, but in the long form. */
const SAMPLE = IS_LONG_FORM ? { unforked: 1, wasm: 1 } : { unforked: 12, wasm: 2 }

/** All that are ready here. */
export async function makeSubjects(): Promise<Subject[]> {
  const standIn = await E2bStandIn.start()
  const isWasmReady = (await findWasmedge()) === null && (await findUncompiled()).python === undefined
  const unforked = subprocess(localOptions({ forkServer: 'off', pool: { cap: 0 } }))
  return [
    subject('subprocess', subprocess(localOptions())),
    subject('subprocess, in a new process', unforked, SAMPLE.unforked, 'slow'),
    subject('vm2', vm2(localOptions())),
    ...(isWasmReady ? [subject('wasmedge', wasmedge(wasmedgeOptions()), SAMPLE.wasm)] : []),
    ...(standIn === null ? [] : [onStandIn(standIn)]),
  ]
}

/** Ends all of them and the compilers they share. */
export async function closeSubjects(subjects: readonly Subject[]): Promise<void> {
  await Promise.all(subjects.map((made) => made.close()))
  await stopCompiling()
}

function subject(name: string, runtime: Runtime, every = 1, kind: Subject['kind'] = 'fast'): Subject {
  return { name, runtime, every, kind, close: () => runtime.close() }
}

/** Ends the stand-in with the runtime. */
function onStandIn(standIn: E2bStandIn): Subject {
  const made = subject('e2b on the stand-in', e2bOn(standIn), SAMPLE.unforked, 'slow')
  const close = async (): Promise<void> => {
    await made.close()
    await standIn.close()
  }
  return { ...made, close }
}
