import { Buffer } from '../javascript/buffer.js'
export { Buffer }
export default { Buffer }
