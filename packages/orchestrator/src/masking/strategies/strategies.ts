import type { Strategy, StrategyName } from '../shapes.ts'
import { addressMask, cityMask, companyMask, usernameMask } from './addresses.ts'
import { bytesMask } from './bytes.ts'
import { dateMask } from './date.ts'
import { rewriteHstore } from './hstore-tokens.ts'
import { ipMask } from './ip.ts'
import { jsonMask } from './json.ts'
import { rewriteJson } from './json-tokens.ts'
import { labelsMask } from './labels.ts'
import { lexemesMask, xmlMask } from './literals.ts'
import type { Mask, MaskContext } from './mask.ts'
import { firstNameMask, fullNameMask, lastNameMask } from './names.ts'
import { numberMask, numbersMask } from './number.ts'
import { emailMask, urlMask } from './online.ts'
import { phoneMask, postcodeMask } from './scrambled.ts'
import { secretMask } from './secret.ts'
import { textMask } from './text.ts'
import { uuidMask } from './uuid.ts'

/** Strategies that leave the bytes alone or drop them need no mask. */
type Masking = Exclude<StrategyName, 'keep' | 'enum' | 'null' | 'json'>

const makers: Readonly<Record<Masking, (context: MaskContext) => Mask>> = {
  email: emailMask,
  first_name: firstNameMask,
  last_name: lastNameMask,
  full_name: fullNameMask,
  username: usernameMask,
  company: companyMask,
  phone: phoneMask,
  address: addressMask,
  city: cityMask,
  postcode: postcodeMask,
  ip: ipMask,
  url: urlMask,
  uuid: uuidMask,
  date: dateMask,
  number: (context) => (isGeometric(context.baseType) ? numbersMask : numberMask)(context),
  text: (context) => textLike(context.baseType)(context),
  secret: secretMask,
  bytes: bytesMask,
}

/** The mask of a strategy that changes values. */
export function makeMask(strategy: Strategy, context: MaskContext): Mask {
  if (strategy.name === 'json')
    return jsonMask(
      strategy,
      (name) => makeMask({ name }, inside(context)),
      context.baseType === 'hstore' ? rewriteHstore : rewriteJson,
    )
  const maker = makers[strategy.name as Masking]
  if (!maker) throw new TypeError(`"${strategy.name}" masks nothing`)
  return maker(context)
}

/** A value inside a document has room enough and no unique index over it. */
function inside({ keys }: MaskContext): MaskContext {
  const room = { maxLength: Number.MAX_SAFE_INTEGER, unique: false }
  return { keys, room, baseType: 'text' }
}

function textLike(baseType: string): (context: MaskContext) => Mask {
  if (baseType === 'tsvector') return lexemesMask
  if (baseType === 'ltree') return labelsMask
  return baseType === 'xml' ? xmlMask : (context) => textMask(context)
}

export function isGeometric(baseType: string): boolean {
  return ['point', 'line', 'lseg', 'box', 'path', 'polygon', 'circle'].includes(baseType)
}
