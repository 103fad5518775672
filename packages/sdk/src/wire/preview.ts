import { z } from 'zod'

/** One port of a sandbox and where it is seen from. */
export const PortView = z.object({
  port: z.int(),
  /** Its own origin. Private: it opens to the link’s cookie or to the token in a header. */
  url: z.url(),
  /** The same for a browser that comes for the first time. It opens this preview and nothing else. */
  link: z.url(),
})
export type PortView = z.infer<typeof PortView>

/** `GET <url>/ports`: what listens inside, without databases and the way out. */
export const PortList = z.object({ ports: z.array(PortView) })
export type PortList = z.infer<typeof PortList>
