// What a waiting Node loads, so that what loads modules is there when the program comes.
export const main = (input) => input
import 'data:text/javascript,'
