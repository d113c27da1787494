// What a picture's file says of how it was made: the parameters that this worker writes into its pictures, as a JSON text in PNG's chunk
// "parameters" or in the user's comment of EXIF (JPEG, WebP). Nothing in a file is trusted: all lengths are checked.

const MOST = 100_000 // bytes of such a text

/** Reads the parameters of a picture; null if its file has none that can be read. */
export async function parameters(file) {
  try {
    const bytes = new Uint8Array(await file.arrayBuffer())
    const text = (png(bytes) ?? comment(jpeg(bytes)) ?? comment(webp(bytes)))?.replace(/\0+$/, '')
    const found = text && JSON.parse(text)
    return found && typeof found === 'object' && typeof found.prompt === 'string' ? found : null
  } catch {
    return null
  }
}

const view = bytes => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
const latin = bytes => new TextDecoder('latin1').decode(bytes)

function png(bytes) {
  if (latin(bytes.subarray(1, 4)) !== 'PNG') return null
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = view(bytes).getUint32(at)
    const type = latin(bytes.subarray(at + 4, at + 8))
    const data = bytes.subarray(at + 8, at + 8 + length)
    const end = data.indexOf(0)
    if (length <= MOST && latin(data.subarray(0, end)) === 'parameters') {
      if (type === 'tEXt') return latin(data.subarray(end + 1))
      if (type === 'iTXt' && data[end + 1] === 0) {
        const language = data.indexOf(0, end + 3)
        return new TextDecoder().decode(data.subarray(data.indexOf(0, language + 1) + 1))
      }
    }
    at += 12 + length
  }
  return null
}

function jpeg(bytes) {
  if (bytes[0] !== 0xFF || bytes[1] !== 0xD8) return null
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xFF && bytes[at + 1] !== 0xDA;) {
    const length = view(bytes).getUint16(at + 2)
    if (bytes[at + 1] === 0xE1 && latin(bytes.subarray(at + 4, at + 8)) === 'Exif') return bytes.subarray(at + 10, at + 2 + length)
    at += 2 + length
  }
  return null
}

function webp(bytes) {
  if (latin(bytes.subarray(0, 4)) !== 'RIFF' || latin(bytes.subarray(8, 12)) !== 'WEBP') return null
  for (let at = 12; at + 8 <= bytes.length;) {
    const length = view(bytes).getUint32(at + 4, true)
    if (latin(bytes.subarray(at, at + 4)) === 'EXIF') return bytes.subarray(at + 8, at + 8 + length)
    at += 8 + length + length % 2
  }
  return null
}

/** The user's comment of an EXIF block, in either order of bytes. */
function comment(exif) {
  if (!exif || exif.length > MOST) return null
  const data = view(exif)
  const little = latin(exif.subarray(0, 2)) === 'II'
  const entry = (directory, tag) => {
    for (let i = 0; i < data.getUint16(directory, little); i++) {
      const place = directory + 2 + 12 * i
      if (data.getUint16(place, little) === tag) return { count: data.getUint32(place + 4, little), value: data.getUint32(place + 8, little) }
    }
    return null
  }
  const directory = entry(data.getUint32(4, little), 0x8769)
  const found = directory && entry(directory.value, 0x9286)
  if (!found) return null
  const text = exif.subarray(found.value + 8, found.value + found.count)
  const code = latin(exif.subarray(found.value, found.value + 8))
  return code.startsWith('UNICODE') ? new TextDecoder(little ? 'utf-16le' : 'utf-16be').decode(text) : latin(text)
}
