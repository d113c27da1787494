package dev.darkroom.credentials.key;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.util.BigIntegers;

/**
 * A key for ES256 with the certificates that say whose it is. Signatures are deterministic (RFC 6979): the same bytes always get the same
 * one. Safe for several threads.
 *
 * @param chain the signer's own certificate first, then those of whoever signed the one before
 * @param own true if this worker made key and certificates itself, so that no trust list has them
 */
public record SigningKey(ECPrivateKeyParameters key, List<X509Certificate> chain, boolean own) {
    /** Length in bytes of a signature. */
    public static final int SIGNATURE = 64;

    public SigningKey {
        chain = List.copyOf(chain);
    }

    /** Returns the name that the signer's certificate gives, for people. */
    public String signer() {
        return CertificateName.of(chain.getFirst());
    }

    /** Returns when the signer's certificate ends: pictures that are signed later, or without a time, do not hold from then on. */
    public Instant ends() {
        return chain.getFirst().getNotAfter().toInstant();
    }

    /** Signs with SHA-256; the signature is the two numbers of 32 bytes each. */
    public byte[] sign(byte[] bytes) {
        BigInteger[] pair = pair(key, bytes);
        byte[] signature = new byte[SIGNATURE];
        System.arraycopy(BigIntegers.asUnsignedByteArray(SIGNATURE / 2, pair[0]), 0, signature, 0, SIGNATURE / 2);
        System.arraycopy(
                BigIntegers.asUnsignedByteArray(SIGNATURE / 2, pair[1]), 0, signature, SIGNATURE / 2, SIGNATURE / 2);
        return signature;
    }

    /** Computes the two numbers of a signature with SHA-256. */
    static BigInteger[] pair(ECPrivateKeyParameters key, byte[] bytes) {
        var signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
        signer.init(true, key);
        try {
            return signer.generateSignature(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Says whose key this is: the private number stays out of logs. */
    @Override
    public String toString() {
        return "key of " + signer();
    }
}
