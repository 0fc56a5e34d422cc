let listening = false

/**
 * Vitest ends its processes by SIGTERM, on which Node runs no listeners of 'exit': those that end what several files of a
 * process use.
 */
export function exitOnSigterm(): void {
  if (!listening) process.once('SIGTERM', () => process.exit(143))
  listening = true
}
