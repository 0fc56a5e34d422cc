import { Buffer } from '/lib/exectrail/javascript/buffer.js'
export { Buffer }
export default { Buffer }
