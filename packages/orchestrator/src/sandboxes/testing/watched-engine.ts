import type { Engine } from '../../engine/engine.ts'

/** An engine of which every call goes through `act`, with its name, such as `volumes.clone`. */
export function watchedEngine(
  engine: Engine,
  act: (name: string, work: () => unknown) => Promise<unknown>,
): Engine {
  function watched<Part extends object>(part: Part, prefix: string): Part {
    return new Proxy(part, {
      get(target, name) {
        const value = Reflect.get(target, name, target)
        if (name === 'volumes' || name === 'images')
          return watched(value as object, `${String(name)}.`)
        if (typeof value !== 'function' || typeof name === 'symbol') return value
        return (...given: unknown[]) => act(`${prefix}${name}`, () => value.apply(target, given))
      },
    })
  }
  return watched(engine, '')
}
