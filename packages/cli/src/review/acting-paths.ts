/** What git, an editor, an agent, a package manager or a build server acts on without being asked to. */
const acting = [
  /(?:^|\/)\.(?:gitattributes|gitmodules|lfsconfig|envrc|npmrc|yarnrc[^/]*|pnpmfile\.cjs|mcp\.json)$/i,
  /(?:^|\/)\.(?:husky|githooks|github|circleci|vscode|idea|devcontainer|claude|cursor)\//i,
  /(?:^|\/)(?:\.gitlab-ci\.yml|\.pre-commit-config\.yaml|lefthook\.ya?ml|AGENTS\.md|CLAUDE\.md)$/i,
]

/** Of files that came out of a sandbox, those to look at before anything else. */
export const actingPaths = (paths: readonly string[]) =>
  paths.filter((path) => acting.some((shape) => shape.test(path)))
