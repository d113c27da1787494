// The pictures and films of before, as small pictures.
import { at, make } from './dom.js'

let addresses = []

const isPicture = ({ type }) => type.startsWith('image/')

/** What an entry shows, in words. */
export const named = ({ film, request: { input } }) => input.prompt ?? Object.values(input.settings?.prompts ?? input.settings?.animation_prompts ?? {})[0] ?? (film ? 'A film' : 'A picture')

/** Shows all entries, the newest first; the ones that are open are marked. */
export function show(entries, opened, open) {
  addresses.forEach(URL.revokeObjectURL)
  addresses = entries.map(({ poster, blob }) => URL.createObjectURL(poster ?? blob))
  at('gallery').replaceChildren(...entries.map((entry, place) => make('li', {},
    make('button', {
      type: 'button',
      'aria-current': opened.includes(entry) ? 'true' : null,
      ariaLabel: `${named(entry)}, ${entry.film ? `film of ${entry.film.frames} frames, ` : ''}seed ${entry.seed}`,
      'data-length': entry.film && `${(entry.film.frames / entry.film.fps).toFixed(1)} s`,
      onclick: () => open(entry),
    }, isPicture(entry.poster ?? entry.blob) && make('img', { src: addresses[place], alt: '', loading: 'lazy' })))))
  at('gallery-empty').hidden = entries.length > 0
  at('empty-gallery').hidden = entries.length === 0
}
