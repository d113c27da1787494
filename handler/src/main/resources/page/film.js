// Films: frames that are played while the next ones are drawn, and files that are finished.
import { make } from './dom.js'

const still = matchMedia('(prefers-reduced-motion: reduce)')

/** Shows a button that plays or pauses, by what pressing it would do. */
const label = (button, plays) => { button.textContent = plays ? 'Pause' : 'Play' }

/**
 * Makes a player of frames that come one after another: it plays those that are there, again and again.
 *
 * @param fps frames a second
 * @return {element, add, close}; add takes a frame's number, from 1, how many will come, and its address
 */
export function player(fps) {
  const frames = [] // by number; some may be missing, and the one before stays in their place
  let count = 0
  let position = 1
  let plays = !still.matches
  let before = performance.now()
  const canvas = make('canvas', { role: 'img', ariaLabel: 'The frames so far' })
  const button = make('button', { type: 'button' })
  const slider = make('input', { type: 'range', min: 1, max: 1, value: 1, ariaLabel: 'Frame' })
  const place = make('span', { className: 'place', ariaHidden: 'true' })
  const element = make('div', { className: 'film' }, canvas, make('div', { className: 'film-tools' }, button, slider, place))

  function show(number) {
    const image = frames.slice(0, number + 1).findLast(Boolean) ?? frames.find(Boolean)
    if (!image) return
    if (canvas.width !== image.naturalWidth || canvas.height !== image.naturalHeight) {
      Object.assign(canvas, { width: image.naturalWidth, height: image.naturalHeight })
    }
    canvas.getContext('2d').drawImage(image, 0, 0)
    slider.value = number
    slider.setAttribute('aria-valuetext', `Frame ${number} of ${count}`)
    place.textContent = `${number} / ${count}`
  }

  function pause(is) {
    plays = !is
    label(button, plays)
  }

  let timer = requestAnimationFrame(function tick(now) {
    const last = frames.length - 1
    if (plays && last > 1) {
      const shown = Math.floor(position)
      position += (now - before) * fps / 1000
      if (position >= last + 1) position = 1
      if (Math.floor(position) !== shown) show(Math.floor(position))
    }
    before = now
    timer = requestAnimationFrame(tick)
  })

  async function add(number, of, src) {
    const image = new Image()
    image.src = src
    await image.decode()
    frames[number] = image
    count = of
    slider.max = frames.length - 1
    if (still.matches && !plays) position = frames.length - 1
    if (frames.length <= 2 || !plays) show(Math.floor(position))
  }

  button.onclick = () => pause(plays)
  slider.oninput = () => {
    pause(true)
    position = Number(slider.value)
    show(position)
  }
  pause(!plays)
  return { element, add, close: () => cancelAnimationFrame(timer) }
}

/** Shows a file that is finished: as a video, as a picture that moves, or as the picture that stands for it. */
export function finished(entry, address, smallest) {
  const alt = `A film of ${entry.film.frames} frames`
  const width = Math.max(entry.width, smallest)
  const src = address(entry.blob)
  const poster = entry.poster && address(entry.poster)
  if (entry.blob.type.startsWith('video/')) {
    return make('video', { src, poster, width, controls: true, loop: true, muted: true, autoplay: !still.matches, playsInline: true, ariaLabel: alt })
  }
  if (!entry.blob.type.startsWith('image/')) {
    return make('div', { className: 'film' }, poster && make('img', { src: poster, alt, width }), make('p', { className: 'hint' }, `${entry.film.frames} frames, each a PNG file`))
  }
  const image = make('img', { src, alt, width })
  if (!poster) return image
  const button = make('button', { type: 'button' })
  const play = is => {
    image.src = is ? src : poster
    label(button, is)
    button.onclick = () => play(!is)
  }
  play(!still.matches)
  return make('div', { className: 'film' }, image, make('div', { className: 'film-tools' }, button))
}

/** The frame that a video shows, as a picture of its whole size. */
export async function frame(video) {
  const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight)
  canvas.getContext('2d').drawImage(video, 0, 0)
  return canvas.convertToBlob()
}
