import { join } from 'node:path'
import { startProduction } from '../lib/production.ts'
import { Stuntdouble } from '../lib/stuntdouble.ts'

export interface ShopProject extends AsyncDisposable {
  readonly project: Stuntdouble
}

/** An installation with a sealed snapshot of a small shop. `more` of its configuration, `env` of its commands. */
export async function openShop(
  more: string,
  env: Readonly<Record<string, string>> = {},
): Promise<ShopProject> {
  await using scope = new AsyncDisposableStack()
  const production = scope.use(await startProduction())
  const sql = ['shop-schema.sql', 'shop-data.sql']
  await production.load(...sql.map((name) => join(import.meta.dirname, '../demo', name)))
  const project = scope.use(
    await Stuntdouble.open({
      files: { 'stuntdouble.yaml': `${source}${more}` },
      env: { ...env, SHOP_URL: production.url },
    }),
  )
  await project.json(['data', 'review', '--source', 'shop'])
  await project.json(['snapshot', 'build', '--source', 'shop'], { showProgress: true })
  const open = scope.move()
  return { project, [Symbol.asyncDispose]: () => open.disposeAsync() }
}

const source = `sources:
  shop: { kind: postgres, url: "\${env:SHOP_URL}", policy: ./masking.yaml }
`
