const { process } = globalThis
export const { env, argv, exit, cwd, stdout, stderr, nextTick, hrtime } = process
export default process
