package dev.darkroom.queue.http;

import io.quarkus.runtime.LaunchMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Brings the path of a request into its one canonical form. Who may call, what is read of a body and the router all go by that form, so no
 * spelling can reach a resource without meeting its guards.
 *
 * <p>Spellings that mean the same are read so: a slash too many, letters that are encoded although they need not be (RFC 3986, 6.2.2.2),
 * and RunPod's {@code /v2/{endpoint}} in front. Every other one leads nowhere: matrix parameters, dot segments, encoded slashes, escapes
 * that are none.
 */
final class ApiPath {
    private static final Pattern ESCAPE = Pattern.compile("%([0-9A-Fa-f]{2})");
    private static final Pattern UNRESERVED = Pattern.compile("[A-Za-z0-9._~-]");
    private static final Pattern SEGMENT = Pattern.compile("[A-Za-z0-9._~!$&'()*+,=:@-]+");

    private ApiPath() {}

    /** Returns the canonical form of a path as it was sent; empty if it leads nowhere. */
    static Optional<String> canonical(@Nullable String sent) {
        if (sent == null || !sent.startsWith("/")) {
            return Optional.empty();
        }
        List<String> segments = new ArrayList<>();
        for (String segment : sent.split("/", -1)) {
            String read = unescaped(segment);
            if (read.equals(".")
                    || read.equals("..")
                    || !(read.isEmpty() || SEGMENT.matcher(read).matches())) {
                return Optional.empty();
            }
            if (!read.isEmpty()) {
                segments.add(read);
            }
        }
        String path = "/" + String.join("/", behindEndpoints(segments));
        if (path.equals("/openapi.json")) {
            return Optional.of("/q/openapi.json");
        }
        return Optional.of(isToolPage(path) && sent.endsWith("/") ? path + "/" : path);
    }

    /** Returns what stands behind all {@code /v2/{endpoint}}, however many there are. */
    private static List<String> behindEndpoints(List<String> segments) {
        int from = 0;
        while (segments.size() - from > 2 && segments.get(from).equals("v2")) {
            from += 2;
        }
        return segments.subList(from, segments.size());
    }

    /** Reads escapes of letters that need none; any other escape stays, and is no part of a segment then. */
    private static String unescaped(String segment) {
        return segment.indexOf('%') < 0 ? segment : ESCAPE.matcher(segment).replaceAll(ApiPath::unescaped);
    }

    private static String unescaped(MatchResult escape) {
        String letter = String.valueOf((char) Integer.parseInt(escape.group(1), 16));
        return Matcher.quoteReplacement(UNRESERVED.matcher(letter).matches() ? letter : escape.group());
    }

    /** Returns true for pages of Quarkus's tools, which need their last slash; there are none but in development. */
    private static boolean isToolPage(String path) {
        return LaunchMode.current() == LaunchMode.DEVELOPMENT && path.startsWith("/q/");
    }
}
