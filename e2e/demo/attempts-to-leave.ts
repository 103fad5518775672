import {
  asksProxy,
  dialling,
  dialsMetadata,
  smugglesByDns,
} from '../../packages/cli/src/drill/attacks/network.ts'
import { climbs, takesGate } from '../../packages/cli/src/drill/attacks/privileges.ts'
import { type Attempt, attack, attempt } from './attempt.ts'

/** Looks for a way to production, to the cloud, to anywhere. */
export const attemptsToLeave: readonly Attempt[] = [
  {
    title: 'dials production by every address and name it could have',
    run: async (agent) => {
      const double = "timeout 3 bash -c '</dev/tcp/db/5432' && echo double"
      if (!(await attempt(agent, double)).includes('double'))
        return { held: false, said: 'not even its double answered' }
      const addresses = agent.targets.map(({ host, port }) => `${host}:${port}`)
      const dials = { family: '', title: '', script: dialling(agent.targets) }
      return attack(agent, dials, `none of ${addresses.join(', ')} answers; its double does`)
    },
  },
  {
    title: 'asks the cloud for its credentials at 169.254.169.254',
    run: (agent) => attack(agent, dialsMetadata, 'there is no network to ask on'),
  },
  {
    title: 'smuggles data out through DNS',
    run: (agent) =>
      attack(agent, smugglesByDns(agent.targets), 'no name resolves, no datagram leaves'),
  },
  {
    title: 'asks the one door out to let it through',
    run: (agent) => {
      const [production] = agent.targets
      const wanted = [`${production?.host}:${production?.port}`, 'example.com:443']
      return attack(agent, asksProxy(wanted), 'refused every time: production, the cloud, the rest')
    },
  },
  {
    title: 'climbs out through root, mounts and namespaces',
    run: (agent) => attack(agent, climbs, 'there is nothing to climb on'),
  },
  {
    title: 'turns on the process that will end the sandbox',
    run: (agent) => attack(agent, takesGate, 'out of its reach'),
  },
]
