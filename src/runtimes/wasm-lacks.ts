/** What QuickJS and CPython are without when they are WebAssembly, wherever it runs. */
import type { Capabilities } from './runtime.ts'

export const WASM_LACKS: NonNullable<Capabilities['lacks']> = {
  'error messages':
    'QuickJS and the compiler word errors their own way, and WASI numbers those of the system',
  'more modules':
    'of Node there are fs, path, buffer, util, assert, os, process, timers and perf_hooks, each in its everyday part',
  processes: 'WASI has neither processes, threads nor sockets',
  'time zones': 'WASI has none: local time is UTC',
  'unchanged code':
    'newer syntax is lowered, which the text and the kind of functions show; QuickJS is of 2021 and knows no Intl',
  'web globals':
    'there are timers, `console`, `Buffer`, `structuredClone`, `TextEncoder`, `TextDecoder`, `atob` and `performance`',
}
