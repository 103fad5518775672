# What the tests alone need. The system's Chromium, for the dashboard.

browser_ready() { has chromium || has chromium-browser || has google-chrome; }

ensure_browser() {
  can_apt || stop 'Install Chromium (a test drives the dashboard with it), then run this again.'
  apt_install 'a test drives the dashboard with it' chromium
}

# openssl makes the certificates of a source that speaks TLS.

test_tools_ready() { has openssl; }

ensure_test_tools() {
  can_apt || stop 'Install openssl (a test makes certificates with it), then run this again.'
  apt_install 'a test makes certificates with it' openssl
}
