import { type Answer, ask } from './ask.ts'
import { held, type Judgement, notTried } from './attack.ts'

/** Where the orchestrator is asked, and by what. */
export interface Doors {
  readonly control: string
  readonly gateway: string
  readonly key: string
  /** The sandbox’s own, and another’s. */
  readonly token: string
  readonly otherToken: string
  readonly id: string
}

/** One thing that a program or a page outside tries at the orchestrator’s doors. */
export interface DoorAttack {
  readonly family: string
  readonly title: string
  run(doors: Doors): Promise<Judgement>
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const strange = { host: 'rebind.example' }
const evil = { origin: 'https://evil.example' }

export const doorAttacks: readonly DoorAttack[] = [
  {
    family: 'tokens',
    title: 'uses the control plane without its key, with another, with a sandbox’s token',
    run: ({ control, key, token }) => {
      const list = (headers = {}) => ask(control, '/v1/sandboxes', { headers })
      return refused(list(bearer(key)), {
        'the control plane without a key': list(),
        'the control plane with a wrong key': list(bearer('sdk_wrong')),
        'the control plane with a sandbox’s token': list(bearer(token)),
      })
    },
  },
  {
    family: 'tokens',
    title: 'opens one sandbox with another’s token, or with none',
    run: ({ gateway, id, token, otherToken }) => {
      const open = (headers = {}) => ask(gateway, `/s/${id}`, { headers })
      return refused(open(bearer(token)), {
        'a sandbox with another’s token': open(bearer(otherToken)),
        'a sandbox without a token': open(),
      })
    },
  },
  {
    family: 'rebinding',
    title: 'has its own name resolve to this machine, and asks by it (DNS rebinding)',
    run: ({ control, gateway, token, key }) =>
      refused(ask(control, '/v1/sandboxes', { headers: bearer(key) }), {
        'the control plane by a strange name': ask(control, '/v1/sandboxes', {
          headers: { ...strange, ...bearer(key) },
        }),
        'the gateway by a strange name': ask(gateway, `/s/${token}`, { headers: strange }),
      }),
  },
  {
    family: 'browser-origins',
    title: 'asks from a page of another site',
    run: ({ control, gateway, token, key }) =>
      refused(ask(gateway, `/s/${token}`), {
        'the control plane from another site’s page': ask(control, '/v1/sandboxes', {
          headers: { ...evil, ...bearer(key) },
        }),
        'a sandbox from another site’s page': ask(gateway, `/s/${token}`, { headers: evil }),
      }),
  },
]

/** What a token opens when its sandbox has ended. */
export async function usesSpentToken({ gateway, token }: Doors): Promise<Judgement> {
  const { status } = await ask(gateway, `/s/${token}`)
  return status >= 400 ? held : { outcome: 'through', said: 'the address of a sandbox that ended' }
}

/** Held when the one request that should go through does, and none of the others. */
async function refused(
  control: Promise<Answer>,
  tries: Readonly<Record<string, Promise<Answer>>>,
): Promise<Judgement> {
  const answers = await Promise.all(
    Object.entries(tries).map(async ([what, answer]) => ({ what, status: (await answer).status })),
  )
  const through = answers.filter(({ status }) => status < 400).map(({ what }) => what)
  if (through.length > 0) return { outcome: 'through', said: through.join('; ') }
  const { status } = await control
  return status === 200 ? held : notTried(`the right key was answered with ${status}`)
}
