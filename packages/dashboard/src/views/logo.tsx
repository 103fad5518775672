export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
      <rect class="logo-original" x="3" y="3" width="18" height="18" rx="5" />
      <rect class="logo-double" x="11" y="11" width="18" height="18" rx="5" />
    </svg>
  )
}
