# What the tests alone need. The system's Chromium, for the dashboard.

browser_ready() { has chromium || has chromium-browser || has google-chrome; }

ensure_browser() {
  can_apt || stop 'Install Chromium (a test drives the dashboard with it), then run this again.'
  apt_install 'a test drives the dashboard with it' chromium
}

# openssl makes the certificates of a source that speaks TLS; curl and psql are clients as users have them.

test_tools_ready() { has openssl && has curl && has psql; }

ensure_test_tools() {
  can_apt || stop 'Install openssl, curl and psql (tests use them), then run this again.'
  apt_install 'tests use them' openssl curl postgresql-client
}
