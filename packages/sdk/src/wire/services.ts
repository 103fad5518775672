import { z } from 'zod'
import { serviceRefusals } from './refusals.ts'
import { Bytes, Duration, Name, parseBytes } from './units.ts'

/** Words of a command line or an environment: no NUL, which would cut them short inside. */
const Text = z
  .string()
  .max(4096)
  .refine((text) => !text.includes('\0'), 'text without a NUL')

const Command = z.array(Text).min(1, 'a command line such as [node, server.js]').max(64)

const HealthCheck = z.strictObject({
  test: Command.meta({ description: 'A command that ends with 0 once the service is ready.' }),
  interval: Duration.default('1s'),
  retries: z.int().min(1).max(120).default(30),
})

const EnvironmentName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, 'the name of a variable')

/** Loopback is one for all of a sandbox; the way out has this port of it. */
const wayOutPort = 3128

const Port = z
  .int('a port inside such as 3000; nothing is published')
  .min(1024, 'a port from 1024 on: no service runs as root')
  .max(65_535)
  .refine((port) => port !== wayOutPort, `another port: ${wayOutPort} is the way out’s`)

/** One more program of a sandbox. A part of what compose calls a service. */
export const ServiceSpec = z
  .strictObject({
    image: z
      .string()
      .max(255)
      .regex(/^[a-z0-9][a-z0-9._/:@-]*$/, 'an image reference such as stuntdouble/workspace'),
    command: Command.meta({ description: 'All of its command line, such as [node, server.js].' }),
    environment: z
      .record(EnvironmentName, z.union([Text, z.number(), z.boolean()]).transform(String))
      .default({})
      .refine((variables) => Object.keys(variables).length <= 64, 'at most 64 variables'),
    ports: z.array(Port).max(16).default([]).meta({ description: 'Where it listens, inside.' }),
    healthcheck: HealthCheck.optional(),
    depends_on: z.array(Name).max(16).default([]),
    memory: Bytes.refine(
      (text) => (parseBytes(text) ?? 0) >= 32 * 1024 ** 2,
      'at least "32m"',
    ).default('256m'),
    cpus: z.number().positive().max(64).default(0.5),
  })
  .meta({ 'x-refused': serviceRefusals })
export type ServiceSpec = z.infer<typeof ServiceSpec>

export const Services = z
  .record(Name, ServiceSpec)
  .default({})
  .refine((services) => Object.keys(services).length <= 8, 'at most 8 services')
export type Services = z.infer<typeof Services>

/** What stands in the way of starting them, by the place where it is written. */
export interface Objection {
  readonly path: readonly (string | number)[]
  readonly message: string
}

const reserved = ['workspace', 'gate', 'localhost']

/** `databases` are in the same pod, and ready before any service starts. */
export function objectionsTo(services: Services, databases: readonly string[]): Objection[] {
  const known = Object.keys(services)
  const names = known
    .filter((name) => reserved.includes(name) || databases.includes(name))
    .map((name) => ({ path: [name], message: 'is another’s name in every sandbox; choose one' }))
  const strangers = known.flatMap((name) =>
    (services[name]?.depends_on ?? []).flatMap((on, index) =>
      known.includes(on) || databases.includes(on)
        ? []
        : [{ path: [name, 'depends_on', index], message: `there is no "${on}"` }],
    ),
  )
  return [...names, ...strangers, ...sharedPorts(services), ...circles(services)]
}

function sharedPorts(services: Services): Objection[] {
  const taken = new Map<number, string>()
  return Object.entries(services).flatMap(([name, { ports }]) =>
    ports.flatMap((port, index) => {
      const by = taken.get(port)
      taken.set(port, by ?? name)
      return by === undefined
        ? []
        : [{ path: [name, 'ports', index], message: `is taken by "${by}"; all share one loopback` }]
    }),
  )
}

function circles(services: Services): Objection[] {
  const placed = new Set(wavesOf(services).flat())
  const [first] = Object.keys(services).filter((name) => !placed.has(name))
  return first === undefined
    ? []
    : [{ path: [first, 'depends_on'], message: 'leads in a circle back to itself' }]
}

/** Names in the order of their starts: each wave needs only those before it. */
export function wavesOf(services: Services): string[][] {
  const waves: string[][] = []
  let left = Object.keys(services)
  while (left.length > 0) {
    const waiting = left
    const wave = waiting.filter((name) =>
      (services[name]?.depends_on ?? []).every((on) => !waiting.includes(on)),
    )
    if (wave.length === 0) return waves
    waves.push(wave)
    left = waiting.filter((name) => !wave.includes(name))
  }
  return waves
}
