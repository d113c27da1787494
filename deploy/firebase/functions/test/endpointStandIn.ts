import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as it arrived. */
export interface Seen {
  method: string
  path: string
  authorization: string
  key: string
  body: any
}

/**
 * What a test says of the next request: an answer, or what happens in place of one: none ever comes, or the connection breaks, before the
 * answer or within it. The default is an endpoint that accepts all and has everything in its queue.
 */
export type Answer = (request: Seen) => { status: number; body?: unknown } | 'silence' | 'break' | 'half' | null

/** An endpoint on a real port, with its requests in order. */
export class EndpointStandIn {
  readonly requests: Seen[] = []
  answer: Answer = () => null
  private accepted = 0

  private constructor(private readonly server: Server) {}

  static async start(): Promise<EndpointStandIn> {
    const server = createServer()
    const standIn = new EndpointStandIn(server)
    server.on('request', async (request, response) => {
      const text = await read(request)
      const seen = {
        method: request.method ?? '',
        path: request.url ?? '',
        authorization: request.headers.authorization ?? '',
        key: String(request.headers['idempotency-key'] ?? ''),
        body: text === '' ? null : JSON.parse(text),
      }
      standIn.requests.push(seen)
      const answer = standIn.answer(seen) ?? standIn.usual(seen.path)
      if (answer === 'silence') {
        return
      }
      if (answer === 'break') {
        request.socket.destroy()
        return
      }
      if (answer === 'half') {
        response.writeHead(200, { 'content-length': '100' }).write('{"id": "job-')
        setTimeout(() => request.socket.destroy(), 20)
        return
      }
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body ?? {}))
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    return standIn
  }

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v2/flux`
  }

  stop(): void {
    this.server.closeAllConnections()
    this.server.close()
  }

  private usual(path: string): { status: number; body: unknown } {
    if (path.endsWith('/run')) {
      return { status: 200, body: { id: `job-${++this.accepted}`, status: 'IN_QUEUE' } }
    }
    return { status: 200, body: { id: path.split('/').at(-1), status: 'IN_QUEUE' } }
  }
}

async function read(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of request) {
    pieces.push(piece as Buffer)
  }
  return Buffer.concat(pieces).toString('utf8')
}
