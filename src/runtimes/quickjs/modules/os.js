export const EOL = '\n'
export const platform = () => 'wasi'
export const arch = () => 'wasm32'
export const type = () => 'WASI'
export const tmpdir = () => '/tmp'
export const homedir = () => '/'
export const hostname = () => 'sandbox'
export const cpus = () => []
export const availableParallelism = () => 1
export default { EOL, platform, arch, type, tmpdir, homedir, hostname, cpus, availableParallelism }
