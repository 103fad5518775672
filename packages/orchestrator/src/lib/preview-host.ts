/** The origin of one port of one sandbox, by the name it is asked by. */
export interface PreviewHost {
  readonly sandbox: string
  readonly port: number
  /** What follows the first label: `localhost`, or the operator’s preview domain. */
  readonly domain: string
}

const pattern = /^([1-9]\d{0,4})-(sb[a-z0-9]{12})\.([a-z0-9.-]+?)(?::\d{1,5})?$/

export const localDomain = 'localhost'

/**
 * What `3000-sbabcdefghijkl.localhost:8080` names. Undefined for every name that is not such a one,
 * below a domain that is not among `domains`, or of no port.
 */
export function previewHostOf(
  host: string | undefined,
  domains: readonly string[],
): PreviewHost | undefined {
  const [, digits, sandbox = '', domain = ''] = pattern.exec(host?.toLowerCase() ?? '') ?? []
  const port = Number(digits)
  if (!(port <= 65_535) || !domains.includes(domain)) return undefined
  return { sandbox, port, domain }
}

/** Whether a name could be taken for a preview’s, of whatever domain: nothing of ours answers to it. */
export const isPreviewName = (name: string) => /(?:^|\.)\d+-sb[a-z0-9]{12}\./i.test(name)
