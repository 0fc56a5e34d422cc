/** `EXECTRAIL_TESTS=all npx vitest run …`: all that the usual run takes a sample of, such as each case on each runtime. */
export const IS_LONG_FORM = process.env['EXECTRAIL_TESTS'] === 'all'
