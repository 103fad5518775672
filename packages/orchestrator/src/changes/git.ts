/** No configuration but what a command names, no terminal, no program but git. */
export const gitEnvironment = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
  LC_ALL: 'C.UTF-8',
} as const

const compared = ['diff-tree', '-r', '--no-renames', '--no-ext-diff', '--no-textconv', '--no-color']

export const git = {
  list: ['git', ...compared, '-z', '--raw', '--numstat', 'before', 'after'],
  /** Full ids, so that `git apply --3way` finds what it was made from. */
  patch: ['git', ...compared, '--patch', '--binary', '--full-index', 'before', 'after'],
} as const
