import { Blueprint, InitResult, OperatorConfig } from '@stuntdouble/sdk/wire'
import { parseYaml } from '@stuntdouble/sdk/yaml'
import { expect } from 'vitest'
import { Cli } from './run-cli.ts'

export const initIn = (cwd: string, ...argv: readonly string[]) =>
  new Cli(undefined, { cwd }).run('init', ...argv)

/** What is found, once everything that would be written was read back by our own schemas. */
export async function resultIn(cwd: string) {
  const { code, stdout, stderr } = await initIn(cwd, '--dry-run', '--json')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const result = InitResult.parse(JSON.parse(stdout))
  const [sandbox, stuntdouble] = result.files
  const blueprint = parseYaml(
    { file: 'sandbox.yaml', text: sandbox?.text ?? '', code: 'blueprint_invalid' },
    Blueprint,
  )
  const { sources } = parseYaml(
    { file: 'stuntdouble.yaml', text: stuntdouble?.text ?? '', code: 'config_invalid' },
    OperatorConfig,
  )
  const leftOut = result.found.filter(({ kind }) => kind === 'left_out').map(({ says }) => says)
  return { ...result, blueprint, sources, leftOut, text: sandbox?.text ?? '' }
}
