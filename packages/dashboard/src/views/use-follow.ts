import type { RefObject } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'

export interface Follow {
  readonly box: RefObject<HTMLDivElement | null>
  readonly following: boolean
  onScroll(): void
  catchUp(): void
}

const nearBottomPixels = 24

/** Keeps a box scrolled to its end while the reader is there, and leaves a reader who is not alone. */
export function useFollow(newest: unknown): Follow {
  const box = useRef<HTMLDivElement>(null)
  const [following, setFollowing] = useState(true)
  const toEnd = () => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight
  }
  useLayoutEffect(() => {
    if (following) toEnd()
  }, [newest, following])
  return {
    box,
    following,
    onScroll() {
      if (!box.current) return
      const { scrollHeight, scrollTop, clientHeight } = box.current
      setFollowing(scrollHeight - scrollTop - clientHeight < nearBottomPixels)
    },
    catchUp() {
      setFollowing(true)
      box.current?.focus()
    },
  }
}
