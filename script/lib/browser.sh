# The system's Chromium, for the dashboard's browser test alone.

browser_ready() { has chromium || has chromium-browser || has google-chrome; }

ensure_browser() {
  can_apt || stop 'Install Chromium (a test drives the dashboard with it), then run this again.'
  apt_install 'a test drives the dashboard with it' chromium
}
