// The dialog in which a mask is painted over a picture: with a pointer, or as rectangles by the keyboard.
import { at, tell } from './dom.js'

const LARGEST = 2048 // pixels of a side; the worker brings a mask to its picture's size
const COLOUR = '#ff5a36'

/** Lets a mask be painted; gives it as a PNG, white where to paint anew; undefined if the reader has cancelled. */
export async function paint(picture, before) {
  const image = await createImageBitmap(picture)
  const scale = Math.min(1, LARGEST / Math.max(image.width, image.height))
  const canvas = at('mask-canvas')
  canvas.width = Math.round(image.width * scale)
  canvas.height = Math.round(image.height * scale)
  const mask = new OffscreenCanvas(canvas.width, canvas.height)
  const ink = mask.getContext('2d', { willReadFrequently: true })
  if (before) await load(before, mask)
  const steps = []

  const draw = () => {
    const context = canvas.getContext('2d')
    context.globalAlpha = 1
    context.drawImage(image, 0, 0, canvas.width, canvas.height)
    context.globalAlpha = 0.6
    context.drawImage(mask, 0, 0)
  }
  const begin = () => {
    steps.push(ink.getImageData(0, 0, mask.width, mask.height))
    if (steps.length > 10) steps.shift()
  }
  const point = event => {
    const box = canvas.getBoundingClientRect()
    return [(event.clientX - box.left) / box.width * canvas.width, (event.clientY - box.top) / box.height * canvas.height]
  }
  let from = null
  const stroke = to => {
    ink.globalCompositeOperation = at('mask-erase').checked ? 'destination-out' : 'source-over'
    ink.strokeStyle = COLOUR
    ink.lineCap = ink.lineJoin = 'round'
    ink.lineWidth = at('mask-size').value / 100 * Math.max(mask.width, mask.height)
    ink.beginPath()
    ink.moveTo(...from)
    ink.lineTo(...to)
    ink.stroke()
    from = to
    draw()
  }
  canvas.onpointerdown = event => {
    canvas.setPointerCapture(event.pointerId)
    begin()
    from = point(event)
    stroke(from)
  }
  canvas.onpointermove = event => { if (from) stroke(point(event)) }
  canvas.onpointerup = canvas.onpointercancel = () => { from = null }
  at('mask-undo').onclick = () => {
    if (steps.length > 0) ink.putImageData(steps.pop(), 0, 0)
    draw()
  }
  at('mask-clear').onclick = () => {
    begin()
    ink.clearRect(0, 0, mask.width, mask.height)
    draw()
  }
  at('mask-add').onclick = () => {
    begin()
    const [left, top, width, height] = ['left', 'top', 'width', 'height'].map(name => Number(at(`mask-${name}`).value) / 100)
    ink.globalCompositeOperation = at('mask-erase').checked ? 'destination-out' : 'source-over'
    ink.fillStyle = COLOUR
    ink.fillRect(left * mask.width, top * mask.height, width * mask.width, height * mask.height)
    draw()
    tell('A rectangle was added to the mask')
  }
  draw()
  return closed(mask)
}

function closed(mask) {
  const dialog = at('mask-dialog')
  dialog.returnValue = ''
  at('mask-use').onclick = () => dialog.close('use')
  at('mask-cancel').onclick = () => dialog.close('')
  dialog.showModal()
  return new Promise(resolve => dialog.addEventListener('close', () => resolve(dialog.returnValue === 'use' ? file(mask) : undefined), { once: true }))
}

/** Makes the file of a mask: white on black; null if nothing is painted. */
function file(mask) {
  const { data } = mask.getContext('2d').getImageData(0, 0, mask.width, mask.height)
  let painted = false
  for (let i = 0; i < data.length; i += 4) {
    const white = data[i + 3] >= 128
    painted ||= white
    data[i] = data[i + 1] = data[i + 2] = white ? 255 : 0
    data[i + 3] = 255
  }
  if (!painted) return null
  const whole = new OffscreenCanvas(mask.width, mask.height)
  whole.getContext('2d').putImageData(new ImageData(data, mask.width, mask.height), 0, 0)
  return whole.convertToBlob({ type: 'image/png' })
}

/** Brings an earlier mask back, to be painted on. */
async function load(before, mask) {
  const image = await createImageBitmap(before)
  const context = mask.getContext('2d')
  context.drawImage(image, 0, 0, mask.width, mask.height)
  const pixels = context.getImageData(0, 0, mask.width, mask.height)
  for (let i = 0; i < pixels.data.length; i += 4) {
    pixels.data[i + 3] = pixels.data[i] >= 128 ? 255 : 0
    pixels.data.set([255, 90, 54], i)
  }
  context.putImageData(pixels, 0, 0)
}
