/** The commands the contract runs. A real engine has a shell for them; the fake knows them by heart. */
export const contractCommands = {
  bothOutputs: ['sh', '-c', 'echo out; echo err >&2; exit 3'],
  echo: ['cat'],
  environment: ['sh', '-c', 'echo "$COLOUR $PWD"'],
  wait: ['sleep', '1000'],
  endless: ['yes'],
  busy: ['sh', '-c', 'i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done'],
} as const
