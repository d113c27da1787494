// A job as something to take along: a curl line, the JSON of a request, a call of OpenAI's client.

/** Fields that OpenAI's call has under other names. */
const OPENAI = { num_outputs: 'n' }

const quoted = text => `'${text.replaceAll("'", "'\\''")}'`

/** A curl line that runs as it is; pictures that the job brought are named as files, in the order of the form. */
export function curl({ input, images }, origin) {
  const key = sessionStorage.getItem('darkroom.key') ? ' -H "Authorization: Bearer $DARKROOM_HTTP_API_KEY"' : ''
  if (images.length === 0) return `curl${key} -d ${quoted(JSON.stringify({ input }))} ${origin}/runsync`
  const files = images.map((name, place) => `-F ${quoted(`${images.length === 1 ? 'image' : 'images'}=@${name}`)}${input.mask && place === 0 ? " -F 'mask=@mask.png'" : ''}`)
  const fields = Object.entries(input)
    .filter(([name]) => !['image', 'images', 'mask'].includes(name))
    .map(([name, value]) => `-F ${quoted(`${name}=${typeof value === 'object' ? JSON.stringify(value) : value}`)}`)
  return `curl${key} ${[...files, ...fields].join(' ')} ${origin}/runsync`
}

/** The request's JSON; pictures stand in it by their names. */
export const json = ({ input }) => JSON.stringify({ input }, null, 2)

/** A program that makes the same call with OpenAI's client. */
export function openai({ input, images }, origin) {
  const fields = Object.entries(input)
    .filter(([name]) => !['image', 'images', 'mask'].includes(name))
    .map(([name, value]) => `  ${OPENAI[name] ?? name}: ${JSON.stringify(value)},`)
  const file = name => `fs.createReadStream(${JSON.stringify(name)})`
  if (images.length > 0) fields.push(`  image: [${images.map(file).join(', ')}],`)
  if (input.mask) fields.push(`  mask: ${file('mask.png')}, mask_paints: "white",`)
  return `${images.length > 0 ? "import fs from 'node:fs'\n" : ''}import OpenAI from 'openai'

const client = new OpenAI({ baseURL: '${origin}/v1', apiKey: process.env.DARKROOM_HTTP_API_KEY ?? 'none' })
const { data } = await client.images.${images.length > 0 ? 'edit' : 'generate'}({
${fields.join('\n')}
})
`
}
