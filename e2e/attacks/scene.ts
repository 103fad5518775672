import { Sandbox } from '@stuntdouble/sdk'
import type { ControlClient } from '@stuntdouble/sdk/client'
import { beforeAll, inject } from 'vitest'
import { startProduction } from '../lib/production.ts'
import { Stuntdouble } from '../lib/stuntdouble.ts'
import { type PlainContainer, plainOf, startPlain } from './plain-container.ts'
import { readStage, type Stage, writeStage } from './stage.ts'

/** What all attacks share: one installation, three sandboxes with data, and containers without protection. */
export interface Scene {
  /** A database that nothing protects: `adminUrl` is its superuser’s, `url` the one the sandboxes’ source has. */
  readonly production: { readonly id: string; readonly url: string; readonly adminUrl: string }
  readonly stuntdouble: Stuntdouble
  readonly control: ControlClient
  /** The attacker’s. */
  readonly box: Sandbox
  /** The attacker’s too, behind a second kernel. */
  readonly behind: Sandbox
  /** Somebody else’s, of the same snapshot. */
  readonly other: Sandbox
  /** A sandbox without data, for what may ruin it. Ended with the scene at the latest. */
  spare(limits?: { readonly memory?: string; readonly pids?: number }): Promise<Sandbox>
  /** As a container starts where somebody switched off what was in the way. */
  readonly plain: PlainContainer
  /** The same, in the host’s network. */
  readonly plainOnHost: PlainContainer
}

const configuration = `sources:
  shop: { kind: postgres, url: "\${env:SHOP_URL}", policy: ./masking.yaml }
`
const blueprint = 'ttl: 2h\nidle: 1h\ndata: { db: { source: shop } }\n'

/** What a dump of it would carry to whoever restores it: commands in names, a definer’s trigger. */
const hostile = String.raw`
  CREATE TYPE mood AS ENUM ('\! touch /tmp/escaped', E'x\n\\! touch /tmp/escaped');
  CREATE TABLE ${'"bait\n\\! touch /tmp/escaped\n"'} (id int PRIMARY KEY, mood mood);
  CREATE TABLE bait (id int PRIMARY KEY);
  INSERT INTO bait VALUES (1), (2);
  CREATE FUNCTION escape() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN COPY (SELECT 1) TO PROGRAM 'touch /tmp/escaped'; RETURN NEW; END $$;
  CREATE TRIGGER escape BEFORE INSERT ON bait FOR EACH ROW EXECUTE FUNCTION escape();
  CREATE VIEW escaping AS SELECT pg_read_file('/etc/passwd') AS passwd`

const shop = `
  CREATE TABLE people (id int PRIMARY KEY, name text NOT NULL, email text NOT NULL UNIQUE);
  INSERT INTO people SELECT n, 'Person ' || n, 'person' || n || '@shop.example' FROM generate_series(1, 20) n;
  ${hostile}`

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the first file that needs the stage writes what it consists of. */
    attackStage: string
  }
}

/** For a test file: the scene of this run, set up by the first file that asks for it. */
export function useScene(): () => Scene {
  let scene: Scene
  beforeAll(async () => {
    const file = inject('attackStage')
    scene = await enter((await readStage(file)) ?? (await setUp(file)))
  })
  return () => scene
}

async function setUp(file: string): Promise<Stage> {
  await using scope = new AsyncDisposableStack()
  const production = scope.use(await startProduction())
  await production.query(shop)
  const stuntdouble = scope.use(
    await Stuntdouble.open({
      files: {
        'stuntdouble.yaml': configuration,
        'sandbox.yaml': blueprint,
        'behind.yaml': `${blueprint}isolation: gvisor\n`,
      },
      env: { SHOP_URL: production.url },
    }),
  )
  await stuntdouble.json(['data', 'review', '--source', 'shop'])
  await stuntdouble.json(['snapshot', 'build', '--source', 'shop'])
  const [box, other, behind] = await Promise.all(
    ['sandbox.yaml', 'sandbox.yaml', 'behind.yaml'].map((file) => handedOver(stuntdouble, file)),
  )
  if (!(box && other && behind)) throw new Error('a sandbox was not handed over')
  const [plain, plainOnHost] = [scope.use(await startPlain()), scope.use(await startPlain('host'))]
  const { id, url, adminUrl } = production
  const stage: Stage = {
    ...{ root: stuntdouble.root, production: { id, url, adminUrl } },
    urls: { box, other, behind },
    ...{ plain: plain.id, plainOnHost: plainOnHost.id },
  }
  await writeStage(file, stage)
  scope.move()
  return stage
}

const handedOver = async (stuntdouble: Stuntdouble, blueprint: string) =>
  (await stuntdouble.json<{ url: string }>(['up', '--blueprint', blueprint])).url

async function enter({ root, production, urls, ...containers }: Stage): Promise<Scene> {
  const stuntdouble = Stuntdouble.reopen(root, { SHOP_URL: production.url })
  const control = await stuntdouble.control()
  const [box, other, behind] = await Promise.all([
    Sandbox.connect(urls.box),
    Sandbox.connect(urls.other),
    Sandbox.connect(urls.behind),
  ])
  const spare: Scene['spare'] = async (limits = {}) =>
    Sandbox.of(await control.createSandbox({ ttl: '10m', blueprint: { limits } }), control)
  const [plain, plainOnHost] = [plainOf(containers.plain), plainOf(containers.plainOnHost)]
  return { production, stuntdouble, control, box, behind, other, spare, plain, plainOnHost }
}

/** Everything a script said inside, its complaints too. */
export async function said(box: Sandbox, script: string): Promise<string> {
  const { stdout, stderr } = await box.commands.run(['bash', '-c', script], { timeoutMs: 60_000 })
  return stdout + stderr
}

/** What a Python program said inside. */
export async function pythonSaid(box: Sandbox, program: string): Promise<string> {
  const { stdout, stderr } = await box.commands.run(['python3', '-c', program], {
    timeoutMs: 60_000,
  })
  return stdout + stderr
}
