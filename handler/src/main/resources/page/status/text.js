// Numbers as people read them.

/** Bytes in the unit in which cards are sold. */
export function bytes(count) {
  const gibibytes = count / 2 ** 30
  return gibibytes >= 1 ? `${gibibytes.toFixed(gibibytes < 10 ? 2 : 1)} GiB` : `${Math.round(count / 2 ** 20)} MiB`
}

/** A time that something took. */
export function time(milliseconds) {
  if (milliseconds < 1000) return `${milliseconds} ms`
  const seconds = milliseconds / 1000
  return seconds < 60 ? `${seconds.toFixed(1)} s` : span(seconds)
}

/** A time from seconds to days, in its two largest units. */
export function span(seconds) {
  const units = [['d', 86400], ['h', 3600], ['min', 60], ['s', 1]]
  const first = units.findIndex(([, size]) => seconds >= size)
  if (first < 0) return '0 s'
  let left = Math.floor(seconds)
  return units.slice(first, first + 2).map(([unit, size]) => {
    const count = Math.floor(left / size)
    left %= size
    return count || unit === units[first][0] ? `${count} ${unit}` : ''
  }).filter(Boolean).join(' ')
}
