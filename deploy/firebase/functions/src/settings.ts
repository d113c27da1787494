/** Whether a switch is on; a word that is neither on nor off is refused, because a guard that is off unnoticed is none. */
export function isOn(name: string, value: string): boolean {
  const word = value.trim().toLowerCase()
  if (['yes', 'true', 'on', '1'].includes(word)) {
    return true
  }
  if (['', 'no', 'false', 'off', '0'].includes(word)) {
    return false
  }
  throw new Error(`${name}: must be yes or no, not '${value}'`)
}
