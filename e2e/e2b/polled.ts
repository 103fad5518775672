import type { Sandbox } from 'e2b'

/** Python’s package asks for changes of a directory in this way; npm’s has no words for it. */
export function polledWatchers(sandboxUrl: string, box: Sandbox) {
  const { envdAccessToken: own } = box as unknown as { readonly envdAccessToken: string }
  return async (procedure: string, message: object, token = own) => {
    const response = await fetch(`${sandboxUrl}/filesystem.Filesystem/${procedure}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-access-token': token },
      body: JSON.stringify(message),
    })
    return (await response.json()) as {
      readonly watcherId?: string
      readonly events?: readonly { readonly name: string; readonly type: string }[]
      readonly code?: string
    }
  }
}
