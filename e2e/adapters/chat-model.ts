import { AIMessage, fakeModel } from 'langchain'

const command = 'echo "$(id -un) of /workspace"'

/** LangChain’s own stand-in for a model: has one command run, and is done. */
export const chatModel = fakeModel()
  .respondWithTools([{ name: 'execute', args: { command } }])
  .respond(new AIMessage('Done.'))
