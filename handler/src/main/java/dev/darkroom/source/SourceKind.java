package dev.darkroom.source;

import java.util.Locale;
import java.util.regex.Pattern;

/** The ways in which a text of a payload names an image. They do not overlap: a text that is wrong in its kind is never tried as another. */
enum SourceKind {
    /** {@code data:}, with the file in it. */
    DATA_URI,
    /** {@code http:} or {@code https:}. */
    URL,
    /** Any other scheme, such as {@code file:} or {@code s3:}. */
    OTHER_SCHEME,
    /** A file of this machine. */
    PATH,
    /** The file itself. */
    BASE64;

    private static final Pattern SCHEME = Pattern.compile("\\p{Alpha}[\\p{Alnum}+.-]*:");
    private static final Pattern EXTENSION = Pattern.compile("\\.\\p{Alpha}\\p{Alnum}{2,4}");
    private static final int LONGEST_EXTENSION = 6;

    /** Beginning of every JPEG file in base64: the one text after a slash that is no path. */
    private static final String JPEG_IN_BASE64 = "/9j/";

    /** Returns the kind of a text without space around it. */
    static SourceKind of(String text) {
        if (SCHEME.matcher(text).lookingAt()) {
            return switch (scheme(text)) {
                case "data" -> DATA_URI;
                case "http", "https" -> URL;
                default -> OTHER_SCHEME;
            };
        }
        return isPath(text) ? PATH : BASE64;
    }

    /** Returns the part before the first colon, in lower case. */
    static String scheme(String text) {
        return text.substring(0, text.indexOf(':')).toLowerCase(Locale.ROOT);
    }

    /** Base64 has no dots, and no picture's begins with a slash but a JPEG's. */
    private static boolean isPath(String text) {
        return text.startsWith("./")
                || text.startsWith("../")
                || (text.startsWith("/") && !text.startsWith(JPEG_IN_BASE64))
                || endsInExtension(text);
    }

    private static boolean endsInExtension(String text) {
        int dot = text.indexOf('.', Math.max(0, text.length() - LONGEST_EXTENSION));
        return dot >= 0 && EXTENSION.matcher(text.substring(dot)).matches();
    }
}
