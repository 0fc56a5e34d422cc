/** Users of the store in tests: its own, that of callers' SQL, and one that only reads. */
export const USER = 'exectrail'
export const PASSWORD = 'store-password'
export const CALLER = 'caller'
export const CALLER_PASSWORD = 'caller-password'
export const READER = 'reader'
export const READER_PASSWORD = 'reader-password'
