// The pictures and films of before, as small pictures.
import { at, make } from './dom.js'

let addresses = []

/** What an entry shows, in words. */
export const named = ({ film, request: { input } }) => input.prompt ?? Object.values(input.settings?.prompts ?? input.settings?.animation_prompts ?? {})[0] ?? (film ? 'A film' : 'A picture')

/** Shows all entries, the newest first; the ones that are open are marked. */
export function show(entries, opened, open) {
  addresses.forEach(URL.revokeObjectURL)
  addresses = entries.map(entry => URL.createObjectURL(entry.film ? entry.poster ?? entry.blob : entry.blob))
  at('gallery').replaceChildren(...entries.map((entry, place) => make('li', {},
    make('button', {
      type: 'button',
      'aria-current': opened.includes(entry) ? 'true' : null,
      ariaLabel: `${named(entry)}, ${entry.film ? `film of ${entry.film.frames} frames, ` : ''}seed ${entry.seed}`,
      onclick: () => open(entry),
    }, make('img', { src: addresses[place], alt: '', loading: 'lazy' }), entry.film && make('span', { className: 'length', ariaHidden: 'true' }, `▶ ${(entry.film.frames / entry.film.fps).toFixed(1)} s`)))))
  at('gallery-empty').hidden = entries.length > 0
  at('empty-gallery').hidden = entries.length === 0
}
