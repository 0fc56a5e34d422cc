/** Character references of HTML. */

/** A name, a colon and what it stands for. */
const NAMED = pairsOf(`
    amp:& lt:< gt:> quot:" apos:' nbsp:\u00a0 copy:© reg:® trade:™ hellip:… mdash:— ndash:– lsquo:‘
    rsquo:’ sbquo:‚ ldquo:“ rdquo:” bdquo:„ laquo:« raquo:» lsaquo:‹ rsaquo:› bull:• middot:· para:¶
    sect:§ deg:° plusmn:± times:× divide:÷ frac12:½ frac14:¼ frac34:¾ sup1:¹ sup2:² sup3:³ micro:µ
    euro:€ pound:£ yen:¥ cent:¢ curren:¤ iexcl:¡ iquest:¿ ordf:ª ordm:º not:¬ shy:\u00ad larr:← uarr:↑
    rarr:→ darr:↓ harr:↔ le:≤ ge:≥ ne:≠ asymp:≈ infin:∞ minus:− sum:∑ radic:√ pi:π ensp:\u2002
    emsp:\u2003 thinsp:\u2009 zwj:\u200d zwnj:\u200c dagger:† permil:‰ oelig:œ OElig:Œ szlig:ß aelig:æ
    AElig:Æ oslash:ø Oslash:Ø eth:ð ETH:Ð thorn:þ THORN:Þ`)
/** `uuml` is u with a diaeresis, and so on. */
const ACCENTS = pairsOf(
  'grave:\u0300 acute:\u0301 circ:\u0302 tilde:\u0303 uml:\u0308 ring:\u030a cedil:\u0327 caron:\u030c',
)
/** What browsers read for the numbers 128 to 159. */
const WINDOWS = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'

/** The text with its character references replaced: numbers, usual names, and letters with accents. */
export function decode(text) {
  return text.replace(
    /&(?:#(?<decimal>\d{1,8})|#x(?<hex>[0-9a-f]{1,6})|(?<name>[a-z][a-z0-9]{1,9}));?/giu,
    (whole, ...rest) => {
      const { decimal, hex, name } = rest.at(-1)
      if (name === undefined) return character(Number(decimal ?? `0x${hex}`))
      if (NAMED.has(name)) return NAMED.get(name)
      const accent = /^(?<letter>[a-z])(?<accent>grave|acute|circ|tilde|uml|ring|cedil|caron)$/iu.exec(
        name,
      )?.groups
      return accent === undefined
        ? whole
        : `${accent.letter}${ACCENTS.get(accent.accent.toLowerCase())}`.normalize('NFC')
    },
  )
}

function character(code) {
  if (code >= 128 && code < 160) return WINDOWS[code - 128]
  const isNone = code === 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)
  return isNone ? '\ufffd' : String.fromCodePoint(code)
}

function pairsOf(text) {
  const pairs = text.trim().split(/[ \n]+/u)
  return new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf(':')), pair.slice(pair.indexOf(':') + 1)]))
}
