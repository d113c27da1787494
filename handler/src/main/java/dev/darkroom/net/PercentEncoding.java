package dev.darkroom.net;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Writes paths and queries as they go on the wire: whatever RFC 3986 does not allow there is encoded, what is encoded already stays. */
final class PercentEncoding {
    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    private static final String UNRESERVED_MARKS = "-._~";
    private static final String SUB_DELIMITERS = "!$&'()*+,;=";
    private static final String IN_PATHS = ":@/";
    private static final String IN_QUERIES = ":@/?";

    private PercentEncoding() {}

    static String path(String text) {
        return encoded(text, IN_PATHS);
    }

    static String query(String text) {
        return encoded(text, IN_QUERIES);
    }

    private static String encoded(String text, String allowed) {
        var wire = new StringBuilder();
        for (byte signed : bytes(text)) {
            int octet = signed & 0xFF;
            char letter = (char) octet;
            boolean plain = octet < 0x80
                    && (isAlphanumeric(letter)
                            || UNRESERVED_MARKS.indexOf(letter) >= 0
                            || SUB_DELIMITERS.indexOf(letter) >= 0
                            || allowed.indexOf(letter) >= 0
                            || letter == '%');
            if (plain) {
                wire.append(letter);
            } else {
                wire.append('%').append(HEX.toHexDigits(signed));
            }
        }
        return withoutLonePercents(wire);
    }

    /** A percent sign with no two digits behind it stands for itself; strict servers refuse it bare. */
    private static String withoutLonePercents(StringBuilder wire) {
        for (int i = wire.indexOf("%"); i >= 0; i = wire.indexOf("%", i + 1)) {
            boolean escape = i + 2 < wire.length() && isHex(wire.charAt(i + 1)) && isHex(wire.charAt(i + 2));
            if (!escape) {
                wire.insert(i + 1, "25");
            }
        }
        return wire.toString();
    }

    private static boolean isHex(char letter) {
        return HexFormat.isHexDigit(letter);
    }

    private static boolean isAlphanumeric(char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9');
    }

    /** Half an emoji becomes the replacement character, as in browsers. */
    private static byte[] bytes(String text) {
        try {
            ByteBuffer bytes = StandardCharsets.UTF_8
                    .newEncoder()
                    .onMalformedInput(CodingErrorAction.REPLACE)
                    .onUnmappableCharacter(CodingErrorAction.REPLACE)
                    .replaceWith(new byte[] {(byte) 0xEF, (byte) 0xBF, (byte) 0xBD})
                    .encode(CharBuffer.wrap(text));
            byte[] octets = new byte[bytes.remaining()];
            bytes.get(octets);
            return octets;
        } catch (CharacterCodingException e) {
            throw new IllegalStateException("replaced above", e);
        }
    }
}
