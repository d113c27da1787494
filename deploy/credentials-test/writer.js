// The reference implementation as a writer: signs files as another maker would, with an authority of this test's own.
import { webcrypto as crypto } from "node:crypto";
import { WasmBuilder } from "@contentauth/c2pa-wasm";
import * as x509 from "@peculiar/x509";
import "./readers.js"; // loads the module

x509.cryptoProvider.set(crypto);
const ES256 = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY = 86_400_000;
const PARENT = "xmp:iid:the-parent";
const SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/";
const RESERVED = 8192;

/** A picture's bytes as the module reads them: in browsers' workers it may wait for a blob, here there is no such thing. */
class HeldBlob extends Blob {
  constructor(bytes) {
    super([bytes]);
    this.held = new Uint8Array(bytes);
  }
  slice(from, to) {
    return new HeldBlob(this.held.subarray(from, to));
  }
}
globalThis.FileReaderSync = class {
  readAsArrayBuffer(blob) {
    return blob.held.slice().buffer;
  }
};

/** A key whose certificate an authority has signed: {key, chain} with the certificates as DER. */
export async function signer(name) {
  const generate = () => crypto.subtle.generateKey(ES256, true, ["sign", "verify"]);
  const [top, own] = [await generate(), await generate()];
  const valid = { notBefore: new Date(Date.now() - DAY), notAfter: new Date(Date.now() + DAY), signingAlgorithm: ES256 };
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    ...valid,
    name: "CN=An Authority, O=Somebody Else",
    keys: top,
    extensions: [new x509.BasicConstraintsExtension(true, 1, true), new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true)],
  });
  const certificate = await x509.X509CertificateGenerator.create({
    ...valid,
    subject: `CN=${name}, O=Somebody Else`,
    issuer: authority.subject,
    publicKey: own.publicKey,
    signingKey: top.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension(["1.3.6.1.5.5.7.3.4"], true),
      await x509.AuthorityKeyIdentifierExtension.create(top.publicKey, false),
      await x509.SubjectKeyIdentifierExtension.create(own.publicKey),
    ],
  });
  return { key: own.privateKey, chain: [certificate, authority].map((one) => Buffer.from(one.rawData)) };
}

/** Signs a file as one that came about in a way of IPTC's, or as an edit of another: {title, type, bytes}. */
export async function signed({ key, chain }, type, bytes, source, parent) {
  const builder = WasmBuilder.fromJson(JSON.stringify({ claim_generator_info: [{ name: "Another Program", version: "2.0" }] }));
  if (parent) {
    const said = { title: parent.title, relationship: "parentOf", instance_id: PARENT };
    await builder.addIngredientFromBlob(JSON.stringify(said), parent.type, new HeldBlob(parent.bytes));
    builder.addAction({ action: "c2pa.opened", parameters: { ingredientIds: [PARENT] } });
    builder.addAction({ action: "c2pa.edited", digitalSourceType: SOURCE_TYPES + source });
  } else {
    builder.addAction({ action: "c2pa.created", digitalSourceType: SOURCE_TYPES + source });
  }
  const definition = { alg: "es256", reserveSize: RESERVED, sign: (claim) => sign1(key, chain, Buffer.from(claim)) };
  return Buffer.from(await builder.sign(definition, [], type, new HeldBlob(bytes)));
}

/** COSE_Sign1 (RFC 9052) over a claim that is not within it. */
async function sign1(key, chain, claim) {
  const header = map([[number(1), number(-7)], [number(33), list(chain.map(binary))]]);
  const covered = list([text("Signature1"), binary(header), binary(Buffer.alloc(0)), binary(claim)]);
  const signature = Buffer.from(await crypto.subtle.sign(ES256, key, covered));
  const message = (padding) =>
    Buffer.concat([head(6, 18), list([binary(header), map([[text("pad"), binary(Buffer.alloc(padding))]]), Buffer.from([0xf6]), binary(signature)])]);
  return new Uint8Array(message(RESERVED - message(256).length + 256)); // the claim has room for just so much
}

// as much of CBOR (RFC 8949) as that takes
function head(major, value) {
  if (value < 24) return Buffer.from([(major << 5) | value]);
  return value < 256 ? Buffer.from([(major << 5) | 24, value]) : Buffer.from([(major << 5) | 25, value >> 8, value & 255]);
}
const number = (value) => (value < 0 ? head(1, -1 - value) : head(0, value));
const binary = (bytes) => Buffer.concat([head(2, bytes.length), bytes]);
const text = (word) => Buffer.concat([head(3, word.length), Buffer.from(word)]);
const list = (items) => Buffer.concat([head(4, items.length), ...items]);
const map = (pairs) => Buffer.concat([head(5, pairs.length), ...pairs.flat()]);
