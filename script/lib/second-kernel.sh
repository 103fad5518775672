# gVisor behind the engine, so that the tests of `isolation: gvisor` have a second kernel to run on.

daemon_json=/etc/docker/daemon.json

second_kernel() { .tools/bin/node script/lib/second-kernel.ts "$@"; }

# Where it cannot be brought (another engine's machine, no Debian), the tests that need it say so.
second_kernel_ready() { can_bring_second_kernel && second_kernel registered 2>/dev/null || ! can_bring_second_kernel; }

can_bring_second_kernel() { [ -z "${DOCKER_HOST:-}" ] && [ "$(uname -s)" = Linux ] && can_apt; }

ensure_second_kernel() {
  has runsc || install_runsc
  say "registering runsc in $daemon_json (outside the checkout): a test runs sandboxes on it"
  second_kernel register "$(command -v runsc)" <"$(readable_daemon_json)" >.tools/daemon.json ||
    stop "$daemon_json is not JSON. Mend it, then run this again."
  as_root mkdir -p "${daemon_json%/*}"
  as_root install -m 644 .tools/daemon.json "$daemon_json"
  as_root kill -HUP "$(cat /var/run/docker.pid)"
  await_second_kernel
}

readable_daemon_json() { if [ -f "$daemon_json" ]; then echo "$daemon_json"; else echo /dev/null; fi; }

# One static file of Debian's package, in the suite whose version we test with; nothing else of it is installed.
install_runsc() {
  say "installing runsc from Debian's package (outside the checkout, /usr/local/bin): a test runs sandboxes on it"
  quietly .tools/runsc.log mmdebstrap --variant=extract --include=runsc trixie .tools/runsc.tar ||
    stop "Debian's runsc could not be brought; the reason is above. Check the network, then run this again."
  tar -xf .tools/runsc.tar -C .tools --strip-components=3 ./usr/bin/runsc
  as_root install -m 755 .tools/runsc /usr/local/bin/runsc
  rm -f .tools/runsc.tar .tools/runsc
}

await_second_kernel() {
  tries=0
  until second_kernel registered 2>/dev/null; do
    tries=$((tries + 1))
    [ "$tries" -lt 30 ] || stop "The engine does not know runsc; see $daemon_json and the engine's log."
    sleep 0.3
  done
}
