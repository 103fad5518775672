# Debian's packages: the only things installed outside the checkout, each announced with its reason.

is_root() { [ "$(id -u)" = 0 ]; }

as_root() {
  if is_root; then "$@"; else sudo "$@"; fi
}

can_apt() { has apt-get && { is_root || has sudo; }; }

# apt_install 'why' PACKAGE…, without what the packages merely recommend
apt_install() { apt_install_with '--no-install-recommends' "$@"; }

# apt_install_with OPTION 'why' PACKAGE…
apt_install_with() {
  apt_option=$1
  shift
  apt_reason=$1
  shift
  say "installing Debian's $* (outside the checkout): $apt_reason"
  refresh_package_lists
  quietly .tools/apt.log as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l \
    apt-get install -y "$apt_option" -o DPkg::Lock::Timeout=600 "$@" ||
    stop "apt-get could not install $*; the reason is above. Install it, then run this again."
}

# A list that cannot be refreshed may still do; what is missing then is said by the install.
refresh_package_lists() {
  [ -z "${lists_are_fresh:-}" ] || return 0
  quietly .tools/apt-update.log as_root apt-get update -o DPkg::Lock::Timeout=600 || true
  lists_are_fresh=yes
}
