// What needs nothing of its host but the language, for the inside of vm2.
export { makeConsole } from './console-methods.js'
export { structuredClone } from './structured-clone.js'
export { TextDecoder, TextEncoder } from './text.js'
