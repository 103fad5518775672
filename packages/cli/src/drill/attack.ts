/**
 * One thing that a hostile agent tries inside. The same scripts are run by `sandbox drill` on a user's
 * installation, by the demo, and by the attack suite, which first sees each succeed where nothing
 * protects.
 */
export interface Attack {
  /** The attack suite's file of this family guards it as well. */
  readonly family: string
  /** In the present tense, of the agent: "dials this machine". */
  readonly title: string
  /**
   * Bash. Says on lines of their own `CONTROL` once its own tools were seen to work, `WON what` for
   * each thing that it should not have been able to do, and `SKIP why` where it has no target.
   */
  readonly script: string
}

export type Outcome = 'held' | 'through' | 'not tried'

export interface Judgement {
  readonly outcome: Outcome
  /** What got through, or why it could not be tried; empty for what held. */
  readonly said: string
}

/** The script, saying so when it came to its end: one that was cut short shows nothing. */
export const wholeScript = ({ script }: Attack) => `${script}\necho ENDED`

/** Held is only what was tried: with tools that work, and to the end. What is no matter was not won. */
export function judge(output: string, isNoMatter = (_won: string) => false): Judgement {
  const lines = output.split('\n')
  const after = (word: string) =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1))
  const won = [...new Set(after('WON'))].filter((what) => !isNoMatter(what))
  if (won.length > 0) return { outcome: 'through', said: won.join('; ') }
  const [skipped] = after('SKIP')
  if (skipped !== undefined) return notTried(skipped)
  if (!lines.includes('CONTROL')) return notTried('its own tools do not work here')
  if (!lines.includes('ENDED')) return notTried('it did not come to its end')
  return held
}

export const held: Judgement = { outcome: 'held', said: '' }
export const notTried = (why: string): Judgement => ({ outcome: 'not tried', said: why })

/** A word for bash, whatever is in it. */
export const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`
