/** How the store is reached, and by whom. */

/** As one of its users. */
export interface StoreAccess {
  url: string
  user: string
  password: string
  database: string
}

export interface StoreUsers {
  /** Every right, for people; the one of the environment where the store is not ours, and so are the next two. */
  people: StoreAccess
  service: StoreAccess
  collector: StoreAccess
  /** Only reads; null where the store is not ours, or where no wall stands around the engine. */
  reader: StoreAccess | null
}
