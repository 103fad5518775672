import { eachTokenRun } from './token-runs.ts'
import { Trigrams } from './trigrams.ts'

export interface Region {
  readonly start: number
  readonly end: number
}

const each = (before: string, middles: readonly string[], behind: string) =>
  middles.map((middle) => before + middle + behind)

/** What the tokens of providers begin with, or have in their middle. */
const words = [
  ...['npm_', 'github_pat_', 'glc_', 'glsa_', 'gsk_', 'hf_', 'lin_api_', 'ntn_', 'whsec_', 'ops_'],
  ...each('gh', [...'pousr'], '_'),
  ...each('shp', ['pa', 'ca', 'at', 'ss'], '_'),
  ...['sk', 'rk', 'pk'].flatMap((kind) => each(`${kind}_`, ['live', 'test'], '_')),
  ...each('vc', [...'piark'], '_'),
  ...['dckr_pat_', 'figd_', 'cfk_', 'cfut_', 'cfat_'],
  ...each('xox', [...'abeoprs'], '-'),
  ...['glpat-', 'xapp-', 'sk-ant-', 'tskey-', 'T3BlbkFJ', '_authToken=', 'x-oauth-basic'],
  ...each('A', ['Iza', '3T', 'KIA', 'GPA', 'IDA', 'ROA', 'IPA', 'NPA', 'NVA', 'SIA'], ''),
]

/** Where a word alone would lead to too much: by it, or by each spelling of it, to the whole. */
const shapes: readonly (readonly [words: readonly string[], shape: string])[] = [
  [['SG.'], String.raw`SG\.\w`],
  [['hvs.', 'hvb.', 'hvr.'], String.raw`hv[sbr]\.\w`],
  [['eyJ'], String.raw`eyJ[\w-]{8,}\.eyJ`],
  [['dapi'], 'dapi[A-Fa-f0-9]{32}'],
  [
    ['com/', 'coM/', 'cOm/', 'cOM/', 'Com/', 'CoM/', 'COm/', 'COM/'],
    String.raw`[sS][lL][aA][cC][kK]\.[cC][oO][mM]/`,
  ],
]

const trigrams = new Trigrams([...words, ...shapes.flatMap(([marks]) => marks)])
const token = new RegExp([...words, ...shapes.map(([, shape]) => shape)].join('|'), 'g')
const secretKey = /(?:SECRET|secret|Secret)_?(?:ACCESS|access|Access)_?(?:KEY|key|Key)/g
/** Of the key that has no form of its own. */
const secretKeyLength = 40
const credentials = /:\/\/[^\s/:@'"]{1,256}:[^\s]{1,256}@/y
const privateKey = 'PRIVATE KEY'

const before = 512
const behind = 1024
/** A private key of 16 384 bits and its header. */
const behindKey = 14_336

/**
 * The parts of a text that are worth a look, apart from one another, from first to last: what every
 * secret that a rule knows has somewhere stands in them. A test holds this against the whole preset.
 */
export function regionsOf(bytes: Buffer): Region[] {
  const found = [...privateKeysIn(bytes), ...credentialsIn(bytes)]
  const add = (anchor: RegExp, within: Region) => {
    for (const region of matches(anchor, bytes, within)) found.push(region)
  }
  eachTokenRun(bytes, (start, end) => {
    if (trigrams.mayStandIn(bytes, start, end)) add(token, { start, end })
    if (end - start >= secretKeyLength) add(secretKey, { start: Math.max(0, start - before), end })
  })
  const regions: { start: number; end: number }[] = []
  for (const region of found.sort((left, right) => left.start - right.start)) {
    const last = regions.at(-1)
    if (last && region.start <= last.end) last.end = Math.max(last.end, region.end)
    else regions.push(region)
  }
  return regions.map(({ start, end }) => ({ start, end: Math.min(end, bytes.length) }))
}

/** A character a byte, which is quick and loses nothing. */
const textAt = (bytes: Buffer, { start, end }: Region) => bytes.toString('latin1', start, end)

function* matches(anchor: RegExp, bytes: Buffer, within: Region) {
  for (const { index, 0: match } of textAt(bytes, within).matchAll(anchor))
    yield around(within.start + index, match.length + behind)
}

function* privateKeysIn(bytes: Buffer) {
  for (const at of placesOf(privateKey, bytes)) yield around(at, privateKey.length + behindKey)
}

function* credentialsIn(bytes: Buffer) {
  for (const at of placesOf('://', bytes)) {
    credentials.lastIndex = 0
    const text = textAt(bytes, { start: at, end: at + longestCredentials })
    const [match] = credentials.exec(text) ?? []
    if (match !== undefined) yield around(at, match.length + behind)
  }
}

const longestCredentials = 3 + 256 + 1 + 256 + 1

function* placesOf(word: string, bytes: Buffer): Generator<number> {
  for (let at = bytes.indexOf(word); at !== -1; at = bytes.indexOf(word, at + 1)) yield at
}

const around = (at: number, length: number) => ({
  start: Math.max(0, at - before),
  end: at + length,
})
