import { parse as parseToml } from 'smol-toml'
import { z } from 'zod'
import type { FileReader, Found, Tool } from '../found.ts'
import { remark, remarks } from '../remark.ts'

const Text = z.string().optional().catch(undefined)

const PackageJson = z.object({
  name: Text,
  packageManager: Text,
  scripts: z.record(z.string(), z.unknown()).catch({}),
})

const node: FileReader = {
  fits: /(?:^|\/)package\.json$/,
  read(text, path) {
    const { name, packageManager, scripts } = PackageJson.parse(JSON.parse(text))
    const names = Object.keys(scripts)
    const parts = [
      named('a Node project', name),
      names.length > 0 && `scripts: ${remarks(names, 8)}`,
      packageManager && `package manager: ${remark(packageManager)}`,
    ]
    return project('node', path, parts.filter(Boolean).join('; '))
  },
}

const Pyproject = z.object({
  project: z.object({ name: Text }).catch({ name: undefined }),
  tool: z.object({ poetry: z.object({ name: Text }) }).catch({ poetry: { name: undefined } }),
})

const pyproject: FileReader = {
  fits: /(?:^|\/)pyproject\.toml$/,
  read(text, path) {
    const { project: own, tool } = Pyproject.parse(parseToml(text))
    return project('python', path, named('a Python project', own.name ?? tool.poetry.name))
  },
}

const requirements: FileReader = {
  fits: /(?:^|\/)(?:requirements\.txt|Pipfile|setup\.py|setup\.cfg)$/,
  read: (_, path) => project('python', path, 'a Python project'),
}

const go: FileReader = {
  fits: /(?:^|\/)go\.mod$/,
  read(text, path) {
    const [, module] = /^module[ \t]+(\S+)/m.exec(text) ?? []
    return project('go', path, named('a Go module', module))
  },
}

const ruby: FileReader = {
  fits: /(?:^|\/)(?:Gemfile|gems\.rb)$/,
  read: (_, path) => project('ruby', path, 'a Ruby project'),
}

export const manifests: readonly FileReader[] = [node, pyproject, requirements, go, ruby]

const named = (what: string, name: string | undefined) => (name ? `${what}, ${remark(name)}` : what)

const project = (tool: Tool, path: string, says: string): Found => ({
  findings: [{ kind: tool, path, says }],
  tool,
})
