import { useEffect, useState } from 'preact/hooks'
import { type Route, routeOf } from '../route/route.ts'

/** The page the address names. After following a link the new page’s heading has the focus. */
export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash)
  useEffect(() => {
    const follow = () => setHash(location.hash)
    addEventListener('hashchange', follow)
    return () => removeEventListener('hashchange', follow)
  }, [])

  const [opened] = useState(hash)
  useEffect(() => {
    if (hash !== opened || document.activeElement !== document.body) focusHeading()
    scrollTo(0, 0)
  }, [hash])
  return routeOf(hash)
}

/** Where keyboard and screen reader go on when what had the focus is gone. */
export function focusHeading(): void {
  document.querySelector<HTMLElement>('h1')?.focus()
}
