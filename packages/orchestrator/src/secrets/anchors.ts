/**
 * What every secret that a rule knows has somewhere, so that the rules look at a few lines of a file
 * and not at all of it. A test holds this against every rule of the preset. Each expression begins with
 * few and rare characters, which the engine skips to: together they are quicker than any one of all.
 */
const anchors: readonly RegExp[] = [
  /[_-](?<=(?:npm|gh[pousr]|github_pat|gl(?:c|sa)|gsk|hf|lin_api|ntn|shp(?:pa|ca|at|ss)|[srp]k_(?:live|test)|whsec|ops|vc[piark]|dckr_pat|figd|cf(?:k|ut|at))_|(?:glpat|xox[abeoprs]|xapp|sk-ant|tskey)-)/g,
  /PRIVATE KEY|T3BlbkFJ|A(?:Iza|3T|KIA|GPA|IDA|ROA|IPA|NPA|NVA|SIA)/g,
  /SG\.\w|hv[sbr]\.\w/g,
  /eyJ[\w-]{8,}\.eyJ/g,
  /dapi[A-Fa-f0-9]{32}/g,
  /[sS][lL][aA][cC][kK]\.[cC][oO][mM]\//g,
  /_authToken=|x-oauth-basic/g,
  /:\/\/[^\s/:@'"]{1,256}:[^\s]{1,256}@/g,
  /(?:SECRET|secret|Secret)_?(?:ACCESS|access|Access)_?(?:KEY|key|Key)/g,
]

export interface Region {
  readonly start: number
  readonly end: number
}

const before = 512
const behind = 1024
/** A private key of 16 384 bits and its header. */
const behindKey = 14_336

/** The parts of a text that are worth a look, apart from one another, from first to last. */
export function regionsOf(text: string): Region[] {
  const found = anchors.flatMap((anchor) => (stands(anchor, text) ? regionsAt(anchor, text) : []))
  const regions: { start: number; end: number }[] = []
  for (const region of found.sort((left, right) => left.start - right.start)) {
    const last = regions.at(-1)
    if (last && region.start <= last.end) last.end = Math.max(last.end, region.end)
    else regions.push(region)
  }
  return regions.map(({ start, end }) => ({ start, end: Math.min(end, text.length) }))
}

/** Most files have none, and are done with. */
function stands(anchor: RegExp, text: string): boolean {
  anchor.lastIndex = 0
  return anchor.test(text)
}

function regionsAt(anchor: RegExp, text: string) {
  anchor.lastIndex = 0
  return [...text.matchAll(anchor)].map(regionOf)
}

const regionOf = ({ index, 0: match }: RegExpExecArray) => ({
  start: Math.max(0, index - before),
  end: index + match.length + (match === 'PRIVATE KEY' ? behindKey : behind),
})
