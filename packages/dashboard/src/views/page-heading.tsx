import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'

interface PageHeadingProps {
  readonly title: string
  readonly children?: ComponentChildren
}

/** The page’s one h1, which also names the browser’s tab. */
export function PageHeading({ title, children }: PageHeadingProps) {
  useEffect(() => {
    document.title = `${title} · Stuntdouble`
  }, [title])
  return <h1 tabIndex={-1}>{children ?? title}</h1>
}
