/** What a test uses until it ends. */
import { onTestFinished } from 'vitest'
import { temporaryDirectory } from './directory.ts'
import { startOtlpSink, type OtlpSink } from './otlp-sink.ts'

/** Path of a fresh directory. */
export async function freshHome(): Promise<string> {
  const home = await temporaryDirectory()
  onTestFinished(() => home[Symbol.asyncDispose]())
  return home.path
}

/** Listens on a free port, or on `port`. */
export async function freshSink(port = 0): Promise<OtlpSink> {
  const sink = await startOtlpSink(port)
  onTestFinished(() => sink[Symbol.asyncDispose]())
  return sink
}
