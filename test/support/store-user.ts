/** Who the store's own user is in tests. */
export const USER = 'exectrail'
export const PASSWORD = 'store-password'
