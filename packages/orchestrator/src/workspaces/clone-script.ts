/**
 * A repository of our own is made empty and one commit is fetched into it, so that nothing of the
 * remote’s but objects arrives: no configuration, no hooks, no remotes, no tags. $1 is its URL, $2 the ref.
 */
export const cloneScript = `
set -e
git init --quiet --template= tree
cd tree
git fetch --progress --no-tags --no-recurse-submodules --depth=1 -- "$1" "$2"
exec git checkout --quiet --detach FETCH_HEAD`

const proxy = 'http://127.0.0.1:3128'

const settings: Readonly<Record<string, string>> = {
  // What may be talked to. The proxy allows the one host besides.
  'protocol.allow': 'never',
  'protocol.https.allow': 'always',
  'protocol.http.allow': 'always',
  'transfer.bundleURI': 'false',
  'http.lowSpeedLimit': '1000',
  'http.lowSpeedTime': '60',
  // What may be run: nothing.
  'core.hooksPath': '/dev/null',
  'core.fsmonitor': 'false',
  'core.alternateRefsCommand': 'false',
  'credential.helper': '',
  'gc.auto': '0',
  'maintenance.auto': 'false',
  'submodule.recurse': 'false',
  'fetch.recurseSubmodules': 'false',
  // What may arrive: names that any file system takes for .git, and links as .gitmodules, do not.
  'fetch.fsckObjects': 'true',
  'core.protectHFS': 'true',
  'core.protectNTFS': 'true',
  // Old commits of honest repositories have these.
  'fetch.fsck.zeroPaddedFilemode': 'ignore',
  'fetch.fsck.badTimezone': 'ignore',
  'fetch.fsck.missingSpaceBeforeDate': 'ignore',
  'fetch.fsck.missingEmail': 'ignore',
}

export const cloneEnvironment: Readonly<Record<string, string>> = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_ASKPASS: 'false',
  GIT_ALLOW_PROTOCOL: 'https:http',
  LC_ALL: 'C.UTF-8',
  http_proxy: proxy,
  https_proxy: proxy,
  GIT_CONFIG_COUNT: String(Object.keys(settings).length),
  ...Object.fromEntries(
    Object.entries(settings).flatMap(([key, value], index) => [
      [`GIT_CONFIG_KEY_${index}`, key],
      [`GIT_CONFIG_VALUE_${index}`, value],
    ]),
  ),
}
