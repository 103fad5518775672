import type { ServerKind } from '@stuntdouble/sdk/wire'
import { parseYaml } from '@stuntdouble/sdk/yaml'
import { z } from 'zod'
import type { FileReader, Found, FoundDatabase } from '../found.ts'
import { remark, remarks } from '../remark.ts'

const Service = z
  .looseObject({
    image: z.string().optional().catch(undefined),
    ports: z.array(z.unknown()).catch([]),
  })
  .catch({ ports: [] })
type Service = z.infer<typeof Service>

/** As much of it as is of use. What stands under `environment` is not looked at. */
const ComposeFile = z.looseObject({ services: z.record(z.string(), Service).catch({}) })

const mostServices = 64

export const compose: FileReader = {
  fits: /(?:^|\/)(?:docker-)?compose(?:\.[\w-]{1,40})?\.ya?ml$/,
  read(text, path): Found {
    const { services } = parseYaml({ file: path, text, code: 'blueprint_invalid' }, ComposeFile)
    const all = Object.entries(services).slice(0, mostServices)
    const databases = all.flatMap(([name, service]) => databaseOf(name, service, path))
    const others = all.filter(([name]) => !databases.some(({ service }) => service === name))
    const said = [...databases.map(saysDatabase), ...saysOthers(others)]
    const findings = [
      ...said.map((says) => ({ kind: 'compose' as const, path, says })),
      ...tooMany(Object.keys(services).length).map((says) => ({
        ...{ kind: 'left_out' as const, path, says },
      })),
    ]
    return { findings, databases, ports: others.flatMap(([, { ports }]) => ports.flatMap(portOf)) }
  },
}

const kinds: readonly (readonly [RegExp, ServerKind])[] = [
  [/^(?:postgres|postgresql|postgis|pgvector|timescaledb)(?:-ha)?$/, 'postgres'],
  [/^mariadb$/, 'mariadb'],
  [/^(?:redis|valkey|redis-stack-server)$/, 'redis'],
]

function databaseOf(
  service: string,
  { image: named = '' }: Service,
  path: string,
): FoundDatabase[] {
  const image = named.slice(0, 255).replace(/\$\{\w+:?-([^}]*)\}/g, '$1')
  const kind = kinds.find(([pattern]) => pattern.test(programOf(image)))?.[1]
  return kind ? [{ service, kind, image, path }] : []
}

/** `postgres` of `registry.example.com:5000/library/postgres:16@sha256:…`. */
const programOf = (image: string) => image.split('/').at(-1)?.split(/[:@]/)[0] ?? ''

const saysDatabase = ({ service, image }: FoundDatabase) =>
  `${remark(service)} runs ${remark(image)}`

function saysOthers(others: readonly (readonly [string, Service])[]): string[] {
  if (others.length === 0) return []
  const named = others.map(([name, { image }]) => (image ? `${name} (${image})` : name))
  return [`more programs, of which no copy is made: ${remarks(named, 8)}`]
}

const tooMany = (services: number) =>
  services > mostServices ? [`${services - mostServices} more services; left out`] : []

/** The port inside, of `3000`, `"8080:3000"`, `"127.0.0.1:8080:3000/tcp"` and `{ target: 3000 }`. */
function portOf(written: unknown): number[] {
  const target =
    typeof written === 'object' && written !== null ? Reflect.get(written, 'target') : written
  const [, digits] = /(?:^|:)(\d{1,5})(?:\/tcp)?$/.exec(String(target).slice(0, 64)) ?? []
  const port = Number(digits)
  return port > 0 && port <= 65_535 ? [port] : []
}
