/** The agent. The container’s main process has another uid, so that the agent cannot end it. */
export const agent = { uid: 1000, gid: 1000 } as const
export const workspacePath = '/workspace'
export const workspaceContainer = 'workspace'
