/** For the Vercel AI SDK, whose package `ai` is the caller’s own. */
export { sandboxSession } from './session.ts'
export { sandboxTools } from './tools.ts'
