package dev.darkroom.credentials.cose;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.credentials.jumbf.Cbor;
import dev.darkroom.credentials.jumbf.DamagedBoxException;
import dev.darkroom.credentials.key.SigningKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A signature with what belongs to it: COSE_Sign1, whose payload lies elsewhere.
 *
 * @param protectedHeader bytes of the header that is signed too
 * @param algorithm COSE's number for it
 * @param chain certificates as DER, the signer's first
 * @param timeStamps tokens of authorities, by the way in which they were made
 */
@SuppressWarnings("ArrayRecordComponent") // identity is fine: never compared
public record Sign1(
        byte[] protectedHeader, int algorithm, List<byte[]> chain, byte[] signature, Optional<TimeStamp> timeStamps) {
    private static final int TAG = 18;
    private static final int ALGORITHM = 1;
    private static final int CHAIN = 33;
    private static final int ES256 = -7;
    private static final int PARTS = 4;
    private static final int MOST_CERTIFICATES = 10;
    private static final int LARGEST_CERTIFICATE = 64 << 10;

    /**
     * A time stamp.
     *
     * @param token as DER
     * @param ofSignature true if the signature was stamped, false for the older way that stamps the claim
     */
    @SuppressWarnings("ArrayRecordComponent") // identity is fine: never compared
    public record TimeStamp(byte[] token, boolean ofSignature) {}

    /** Signs a payload. */
    public static Sign1 sign(SigningKey key, byte[] payload) {
        Map<Object, Object> header = new LinkedHashMap<>();
        List<byte[]> chain = key.chain().stream().map(Sign1::der).toList();
        header.put(ALGORITHM, ES256);
        header.put(CHAIN, chain.size() == 1 ? chain.getFirst() : chain);
        byte[] bytes = Cbor.bytes(header);
        return new Sign1(bytes, ES256, chain, key.sign(signed("Signature1", bytes, payload)), Optional.empty());
    }

    private static byte[] der(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the bytes that are signed. */
    private static byte[] signed(String context, byte[] protectedHeader, byte[] payload) {
        return Cbor.bytes(List.of(context, protectedHeader, new byte[0], payload));
    }

    /** Returns the bytes that were signed, for a payload. */
    public byte[] signed(byte[] payload) {
        return signed("Signature1", protectedHeader, payload);
    }

    /** Returns the bytes that an authority stamps. */
    public byte[] stamped() {
        return stamped(Cbor.bytes(signature));
    }

    /** Returns the bytes that authorities stamped in the older way. */
    public byte[] stamped(byte[] payload) {
        return signed("CounterSignature", protectedHeader, payload);
    }

    /** Returns this signature with a time stamp of it. */
    public Sign1 with(byte[] token) {
        return new Sign1(protectedHeader, algorithm, chain, signature, Optional.of(new TimeStamp(token, true)));
    }

    /**
     * Writes this.
     *
     * @param length to pad it to, in bytes; 0 for none
     */
    public byte[] bytes(int length) {
        Map<Object, Object> unprotected = new LinkedHashMap<>();
        timeStamps.ifPresent(stamp ->
                unprotected.put("sigTst2", Map.of("tstTokens", List.of(Map.of("val", stamp.token)))));
        byte[] plain = bytes(unprotected);
        if (plain.length >= length) {
            return plain;
        }
        unprotected.put("pad", new byte[0]);
        // the length of the padding's length is that of 256 bytes or more, for there is room for a token
        int headers = bytes(unprotected).length + 2;
        unprotected.put("pad", new byte[Math.max(0, length - headers)]);
        return bytes(unprotected);
    }

    private byte[] bytes(Map<Object, Object> unprotected) {
        List<Object> parts = new ArrayList<>();
        parts.add(protectedHeader);
        parts.add(unprotected);
        parts.add(null);
        parts.add(signature);
        return Cbor.bytes(new Cbor.Tagged(TAG, parts));
    }

    /**
     * Reads one.
     *
     * @throws DamagedBoxException if it is none
     */
    public static Sign1 read(byte[] bytes) throws DamagedBoxException {
        JsonNode node = Cbor.read(bytes);
        if (node.size() != PARTS
                || !node.get(0).isBinary()
                || !node.get(1).isObject()
                || !node.get(PARTS - 1).isBinary()
                || !isFramed(bytes, Cbor.binary(node.get(PARTS - 1)).length)) {
            throw new DamagedBoxException("their signature is no COSE_Sign1 whose payload lies elsewhere");
        }
        byte[] header = Cbor.binary(node.get(0));
        JsonNode protectedOnes = Cbor.read(header);
        JsonNode others = node.get(1);
        for (byte padding : Cbor.binary(others.path("pad"))) {
            if (padding != 0) {
                throw new DamagedBoxException("their signature is padded with something");
            }
        }
        return new Sign1(
                header,
                protectedOnes.path(String.valueOf(ALGORITHM)).asInt(),
                chain(protectedOnes, others),
                Cbor.binary(node.get(PARTS - 1)),
                timeStamp(others));
    }

    /** Returns true if the tag is the right one, or none, and nothing stands where a payload could. */
    private static boolean isFramed(byte[] bytes, int signature) {
        int first = bytes[0] & 0xFF;
        int payload = bytes.length - Cbor.bytes(new byte[signature]).length - 1;
        return (first == 0xC0 + TAG || first == 0x80 + PARTS) && payload > 0 && bytes[payload] == (byte) 0xF6;
    }

    private static List<byte[]> chain(JsonNode protectedOnes, JsonNode others) throws DamagedBoxException {
        for (JsonNode headers : List.of(protectedOnes, others)) {
            for (String name : List.of(String.valueOf(CHAIN), "x5chain")) {
                JsonNode found = headers.path(name);
                if (!found.isMissingNode()) {
                    return certificates(found);
                }
            }
        }
        throw new DamagedBoxException("their signature comes without a certificate");
    }

    private static List<byte[]> certificates(JsonNode found) throws DamagedBoxException {
        List<byte[]> chain = new ArrayList<>();
        if (found.isBinary()) {
            chain.add(Cbor.binary(found));
        }
        found.forEach(one -> chain.add(Cbor.binary(one)));
        if (chain.isEmpty()
                || chain.size() > MOST_CERTIFICATES
                || chain.stream().anyMatch(one -> one.length > LARGEST_CERTIFICATE)) {
            throw new DamagedBoxException(
                    "their signature comes with certificates that are none, too many or too large");
        }
        return chain;
    }

    private static Optional<TimeStamp> timeStamp(JsonNode headers) {
        for (String name : List.of("sigTst2", "sigTst")) {
            byte[] token =
                    Cbor.binary(headers.path(name).path("tstTokens").path(0).path("val"));
            if (token.length > 0) {
                return Optional.of(new TimeStamp(token, name.equals("sigTst2")));
            }
        }
        return Optional.empty();
    }
}
