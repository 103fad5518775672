/**
 * What a shell has to know: to ask us at each Tab. Nothing that a line or an answer holds is evaluated;
 * an alias is followed because `alias sandbox=…/sandbox` is how a checkout is used.
 */
export const scripts = {
  bash: `# eval "$(sandbox completion bash)"
_sandbox_complete() {
  local command=\${BASH_ALIASES[$1]-$1} line
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("$line")
  done < <($command __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null </dev/null)
}
complete -o default -F _sandbox_complete sandbox
`,
  zsh: `#compdef sandbox
# eval "$(sandbox completion zsh)", after compinit
_sandbox() {
  local command=\${aliases[sandbox]-sandbox}
  local -a found
  found=(\${(f)"$(\${=command} __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null </dev/null)"})
  if (( \${#found} )); then compadd -a found; else _files; fi
}
compdef _sandbox sandbox
`,
  fish: `# sandbox completion fish | source
function __sandbox_complete
  set -l words (commandline -opc)
  set -e words[1]
  set -l current (commandline -ct)
  set -l found (sandbox __complete -- $words "$current" 2>/dev/null </dev/null)
  if test (count $found) -gt 0
    printf '%s\\n' $found
  else
    __fish_complete_path "$current"
  end
end
complete -c sandbox -f -a '(__sandbox_complete)'
`,
} as const

export type Shell = keyof typeof scripts
