import { promises } from 'fs'
export const {
  readFile,
  writeFile,
  appendFile,
  mkdir,
  stat,
  lstat,
  readdir,
  access,
  unlink,
  rm,
  rmdir,
  rename,
  copyFile,
} = promises
export default promises
