// Files that another implementation has signed, looked at by ours.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { webcrypto } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import * as x509 from "@peculiar/x509";
import { PNG } from "@trustnxt/c2pa-ts/asset";
import { CoseAlgorithmIdentifier, LocalSigner } from "@trustnxt/c2pa-ts/cose";
import { DataHashAssertion, ManifestStore } from "@trustnxt/c2pa-ts/manifest";

const HOME = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "credentials-"));
after(() => rmSync(folder, { recursive: true }));
x509.cryptoProvider.set(webcrypto);

/** What our command says of a file, whether it ends well or not. */
function verify(bytes) {
  const file = join(folder, "picture.png");
  writeFileSync(file, bytes);
  try {
    return JSON.parse(execFileSync(join(HOME, "entrypoint.sh"), ["--verify", file], { stdio: ["ignore", "pipe", "ignore"] }));
  } catch (failure) {
    return JSON.parse(failure.stdout);
  }
}

/** A certificate for signing pictures, and its key. */
async function signer(algorithm, kind) {
  const keys = await webcrypto.subtle.generateKey(kind, true, ["sign", "verify"]);
  const authority = await webcrypto.subtle.generateKey(kind, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: "01",
    subject: "CN=Somebody Else",
    issuer: "CN=An Authority",
    notBefore: new Date(Date.now() - 86_400_000),
    notAfter: new Date(Date.now() + 86_400_000),
    signingAlgorithm: kind,
    publicKey: keys.publicKey,
    signingKey: authority.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.emailProtection]),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      await x509.AuthorityKeyIdentifierExtension.create(authority.publicKey),
    ],
  });
  const key = new Uint8Array(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey));
  return new LocalSigner(key, algorithm, certificate);
}

async function signed(by) {
  const asset = new PNG(new Uint8Array(readFileSync(join(HOME, "test-payloads/images/house.png"))));
  const store = new ManifestStore();
  const manifest = store.createManifest({
    assetFormat: "image/png",
    instanceID: "xmp:iid:1",
    defaultHashAlgorithm: "SHA-256",
    signer: by,
  });
  const hash = DataHashAssertion.create("SHA-512");
  manifest.addAssertion(hash);
  await asset.ensureManifestSpace(store.measureSize());
  await hash.updateWithAsset(asset);
  await manifest.sign(by);
  await asset.writeManifestJUMBF(store.getBytes());
  return Buffer.from(await asset.getDataRange());
}

const KINDS = {
  ES256: [CoseAlgorithmIdentifier.ES256, { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" }],
  ES384: [CoseAlgorithmIdentifier.ES384, { name: "ECDSA", namedCurve: "P-384", hash: "SHA-384" }],
  Ed25519: [CoseAlgorithmIdentifier.Ed25519, { name: "Ed25519" }],
};
for (const [name, [algorithm, kind]] of Object.entries(KINDS)) {
  test(`a file that another implementation has signed with ${name} is read`, async () => {
    const file = await signed(await signer(algorithm, kind));
    const said = verify(file);
    assert.deepEqual(said.credentials.faults, []);
    assert.equal(said.credentials.valid, true);
    assert.equal(said.credentials.signer, "Somebody Else");

    file[file.length - 20] ^= 1;
    assert.equal(verify(file).credentials.valid, false);
  });
}
