/** The address of a code agent's page in the marketplace. */

export interface MarketAddress {
  to: '/marketplace/$namespace/$name'
  params: { namespace: string; name: string }
}

/** @param name `namespace/name` */
export function marketAddress(name: string): MarketAddress {
  return { to: '/marketplace/$namespace/$name', params: splitName(name) }
}

/** The two parts of `namespace/name`. */
export function splitName(name: string): { namespace: string; name: string } {
  const at = name.indexOf('/')
  return { namespace: name.slice(0, at), name: name.slice(at + 1) }
}
