/** Users of the store and their credentials. */

export interface StoreAccess {
  url: string
  user: string
  password: string
  database: string
  /** Name of its cluster; null or absent for one server. */
  cluster?: string | null
  /** The user is read-only, so its requests must not set `readonly`. @default false */
  readsOnly?: boolean
  /** It is a server, so the service reads callers' statements before it sends them. @default false */
  readsCallers?: boolean
}

export interface StoreUsers {
  /** Full access, for administrators. With an external store this is the user of the environment, like the next two. */
  admin: StoreAccess
  service: StoreAccess
  collector: StoreAccess
  /** Only reads; null with an external store or without a sandbox around the engine. */
  reader: StoreAccess | null
  /** For the SQL of bound keys; null without a sandbox around the engine, or without such a user of an external store. */
  caller: StoreAccess | null
}
