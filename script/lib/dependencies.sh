# What the lock file names, and the dashboard and the page of a sandbox built from source.

dependencies_digest() {
  cat pnpm-lock.yaml pnpm-workspace.yaml package.json packages/*/package.json e2e/package.json | digest
}

dependencies_ready() {
  [ -f node_modules/.modules.yaml ] && stamp_is dependencies "$(dependencies_digest)"
}

ensure_dependencies() {
  say 'installing dependencies into node_modules (pnpm keeps its own cache in your home directory)'
  CI=true quietly .tools/pnpm.log pnpm install --frozen-lockfile ||
    stop 'pnpm could not install the dependencies; the reason is above. Check the network, then run this again.'
  stamp dependencies "$(dependencies_digest)"
}

dashboard_digest() {
  find packages/dashboard packages/sdk/src -name node_modules -prune -o -name "dist*" -prune -o -type f -print |
    LC_ALL=C sort | xargs cat pnpm-lock.yaml | digest
}

dashboard_ready() {
  [ -f packages/dashboard/dist/index.html ] && [ -f packages/dashboard/dist-sandbox/sandbox.js ] &&
    stamp_is dashboard "$(dashboard_digest)"
}

ensure_dashboard() {
  say 'building the dashboard'
  quietly .tools/dashboard.log pnpm --filter @stuntdouble/dashboard build ||
    stop 'the dashboard could not be built; the reason is above.'
  stamp dashboard "$(dashboard_digest)"
}
