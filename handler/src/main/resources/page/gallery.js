// The pictures of before, as small ones.
import { at, make } from './dom.js'

let addresses = []

/** Shows all entries, the newest first; the ones that are open are marked. */
export function show(entries, opened, open) {
  addresses.forEach(URL.revokeObjectURL)
  addresses = entries.map(entry => URL.createObjectURL(entry.blob))
  at('gallery').replaceChildren(...entries.map((entry, place) => make('li', {},
    make('button', {
      type: 'button',
      'aria-current': opened.includes(entry) ? 'true' : null,
      ariaLabel: `${entry.request.input.prompt ?? 'A picture'}, seed ${entry.seed}`,
      onclick: () => open(entry),
    }, make('img', { src: addresses[place], alt: '', loading: 'lazy' })))))
  at('gallery-empty').hidden = entries.length > 0
  at('empty-gallery').hidden = entries.length === 0
}
