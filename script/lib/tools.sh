# Node and pnpm, pinned by script/tools/package-lock.json, brought into .tools in the checkout.

tools_digest() { { uname -sm && cat script/tools/package-lock.json; } | digest; }

tools_ready() {
  [ -x .tools/bin/node ] && [ -x .tools/bin/pnpm ] && stamp_is tools "$(tools_digest)"
}

ensure_tools() {
  case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) bring_tools x64 ;;
    Linux-aarch64) bring_tools arm64 ;;
    *) adopt_tools ;;
  esac
  stamp tools "$(tools_digest)"
}

bring_tools() {
  ensure_npm
  say 'bringing Node 24 and pnpm into .tools'
  mkdir -p .tools/packages
  cp script/tools/package.json script/tools/package-lock.json .tools/packages/
  (cd .tools/packages && quietly ../npm.log npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) ||
    stop 'npm could not bring Node and pnpm; the reason is above. Check the network, then run this again.'
  link_tool node "../packages/node_modules/node-linux-$1/bin/node"
  link_tool pnpm "../packages/node_modules/@pnpm/exe.linux-$1/pnpm"
  [ -x .tools/bin/node ] && [ -x .tools/bin/pnpm ] || explain_missing_tools
}

# One lock file for two architectures makes both optional, and npm is silent about an optional failure.
explain_missing_tools() {
  quietly .tools/npm.log npm ping --fetch-retries=0 --loglevel=error || true
  stop 'npm could not fetch Node and pnpm from its registry. Check the network, then run this again.'
}

ensure_npm() {
  has npm && return 0
  can_apt || stop 'Install npm (it brings Node 24 and pnpm into the checkout), then run this again.'
  apt_install 'npm brings Node 24 and pnpm into the checkout' npm ca-certificates
}

# Where we ship no binaries, the machine's own will do if they are new enough.
adopt_tools() {
  node=$(command -v node) && [ "$(node -p 'process.versions.node.split(".")[0] >= 24')" = true ] ||
    stop 'Install Node 24 or newer (on macOS: brew install node), then run this again.'
  pnpm=$(command -v pnpm) || stop 'Install pnpm 12 (npm install -g pnpm@12), then run this again.'
  link_tool node "$node"
  link_tool pnpm "$pnpm"
}

link_tool() {
  mkdir -p .tools/bin
  ln -sfn "$2" ".tools/bin/$1"
}
