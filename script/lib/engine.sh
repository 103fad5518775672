# A Docker engine that answers: found, else started, else installed from Debian's packages.

engine_log=/var/log/stuntdouble-dockerd.log

# 0 an engine answers, 1 none does, 2 one is there but not for this user.
ping_engine() { .tools/bin/node script/lib/ping-engine.ts "${DOCKER_HOST:-}" >/dev/null 2>&1; }

engine_ready() { [ -x .tools/bin/node ] && ping_engine; }

ensure_engine() {
  [ -z "${DOCKER_HOST:-}" ] || stop 'No engine answers at DOCKER_HOST. Start it or unset DOCKER_HOST, then run this again.'
  refuse_without_permission
  [ "$(uname -s)" = Linux ] || stop 'Install and start Docker Desktop (https://docs.docker.com/get-docker/), then run this again.'
  has dockerd || has_systemd_engine || install_engine
  ping_engine || start_engine
  refuse_without_permission
}

refuse_without_permission() {
  ping_engine && return 0
  [ $? -eq 2 ] || return 0
  stop "A Docker engine runs, but $(id -un) may not use its socket. Run: sudo usermod -aG docker $(id -un), log in again, then run this again."
}

install_engine() {
  can_apt || stop 'Install Docker Engine (https://docs.docker.com/engine/install/), then run this again.'
  # With what it recommends: on a kernel with AppArmor, for one, containers need its parser.
  apt_install_with --install-recommends 'sandboxes are containers, and containers need a Docker engine' docker.io
}

has_systemd() { [ -d /run/systemd/system ]; }
has_systemd_engine() { has_systemd && systemctl cat docker.service >/dev/null 2>&1; }

start_engine() {
  is_root || has sudo || stop 'Start the Docker engine (it needs root), then run this again.'
  say 'starting the Docker engine'
  if has_systemd_engine; then
    as_root systemctl start docker 9>&- || stop 'systemd could not start the Docker engine; see: journalctl -u docker'
  elif ! dockerd_lives; then
    start_dockerd
  fi
  await_engine
}

# Not `service docker start`: its ulimit call is refused on some hosts. It outlives this shell.
start_dockerd() {
  forget_dead_process /var/run/docker.pid dockerd
  forget_dead_process /run/docker/containerd/containerd.pid containerd
  as_root sh -c "PATH=\$PATH:/usr/sbin:/sbin setsid nohup dockerd >>$engine_log 2>&1 </dev/null &" 9>&-
}

# After a reboot the number in a kept pid file may belong to somebody else, and the daemon would refuse to start.
forget_dead_process() {
  [ -f "$1" ] || return 0
  running=$(cat "/proc/$(cat "$1")/comm" 2>/dev/null || true)
  [ "$running" = "$2" ] || as_root rm -f "$1"
}

await_engine() {
  tries=0
  until ping_engine || [ $? -eq 2 ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 200 ] || explain_dead_engine
    [ "$tries" -lt 10 ] || dockerd_lives || explain_dead_engine
    sleep 0.3
  done
}

dockerd_lives() { grep -qsx dockerd /proc/[0-9]*/comm; }

explain_dead_engine() {
  dockerd_lives && stop 'A dockerd runs, but does not answer at /var/run/docker.sock. Restart it, then run this again.'
  tail -n 10 "$engine_log" >&2 2>/dev/null || true
  stop "The Docker engine did not start. Its log: $engine_log"
}

# mmdebstrap makes a base image from the Debian mirror where no image registry can be reached.
image_tools_ready() { has mmdebstrap || ! can_apt; }

ensure_image_tools() {
  apt_install 'it makes base images where no image registry can be reached' \
    mmdebstrap debian-archive-keyring
}
