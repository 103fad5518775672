import type { CloneSpec, EgressRule, OnProgress, Workspace } from '@stuntdouble/sdk/wire'
import type { Egress } from '../egress/egress.ts'
import type { Engine } from '../engine/engine.ts'
import { cloneInside } from './clone.ts'
import { cloneNotAllowed, cloneTimedOut } from './errors.ts'
import { type HelperParts, openHelperPod } from './helper-pod.ts'

export interface Cloning {
  /** Throws `policy_refused` where the operator lets nothing go to the repository’s host. */
  admitClone(spec: CloneSpec): void
  /**
   * The files of a repository, fetched for a sandbox in a pod of their own, as if they had been
   * uploaded. What it asks for outside is recorded as the sandbox’s.
   */
  clone(
    wanted: { readonly sandbox: string; readonly spec: CloneSpec },
    onProgress: OnProgress,
    signal: AbortSignal,
  ): Promise<Workspace>
}

export interface CloningParts extends HelperParts {
  readonly engine: HelperParts['engine'] & Pick<Engine, 'listenEgress'>
  readonly egress: Pick<Egress, 'admit' | 'open'>
  /** Takes the files as an archive. */
  readonly stage: (body: AsyncIterable<Buffer>, signal: AbortSignal) => Promise<Workspace>
}

const withinMs = 5 * 60_000

export function createCloning({ engine, egress, clock, stage }: CloningParts): Cloning {
  const openWay = (sandbox: string, spec: CloneSpec) => async (pod: string) => {
    await using scope = new AsyncDisposableStack()
    const way = scope.use(egress.open(sandbox, { egress: [ruleOf(spec)], credentials: [] }))
    scope.use(await engine.listenEgress(pod, way.serve))
    return scope.move()
  }

  return {
    admitClone(spec) {
      try {
        egress.admit({ egress: [ruleOf(spec)], credentials: [] })
      } catch (cause) {
        throw cloneNotAllowed(spec, cause)
      }
    },

    async clone({ sandbox, spec }, onProgress, asked) {
      const late = AbortSignal.timeout(withinMs)
      const signal = AbortSignal.any([asked, late])
      const options = { withinMs, beforeStart: openWay(sandbox, spec) }
      onProgress({ phase: 'clone', message: `Cloning ${spec.url}` })
      try {
        await using pod = await openHelperPod({ engine, clock }, options, signal)
        return await stage(await cloneInside(pod, spec, { onProgress, signal }), signal)
      } catch (cause) {
        if (late.aborted && !asked.aborted) throw cloneTimedOut(spec, withinMs / 1000)
        throw cause
      }
    },
  }
}

/** The one host, by the one scheme and port. */
function ruleOf({ url }: CloneSpec): EgressRule {
  const { protocol, hostname, port } = new URL(url)
  const scheme = protocol === 'http:' ? 'http' : 'https'
  return { host: hostname, scheme, ...(port && { ports: [Number(port)] }) }
}
