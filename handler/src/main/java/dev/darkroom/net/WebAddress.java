package dev.darkroom.net;

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An http or https address that names a host and no user, in the form that goes on the wire. People write addresses with other letters,
 * spaces and underscores, as browsers take them; this is the one place that reads them. It may be a signed one: {@link #toString} shows its
 * host only.
 */
public final class WebAddress {
    private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*):");
    private static final Pattern PORT = Pattern.compile(":([0-9]*)$");
    private static final int LONGEST_PORT = 8;
    private static final int MOST_PORT = 65_535;
    private static final int HTTP = 80;
    private static final int HTTPS = 443;

    private final boolean secure;
    private final String host;
    private final int port;
    private final boolean standardPort;
    private final String path;
    private final @Nullable String query;

    private WebAddress(Authority authority, String path, @Nullable String query) {
        this.secure = authority.secure;
        this.host = authority.host;
        this.port = authority.port == 0 ? secure ? HTTPS : HTTP : authority.port;
        this.standardPort = authority.port == 0;
        this.path = path;
        this.query = query;
    }

    /** @param port 0 for the scheme's own */
    private record Authority(boolean secure, String host, int port) {}

    /**
     * Reads an address as a caller wrote it.
     *
     * @throws AddressException if it is none; its message is the rule that it breaks
     */
    public static WebAddress of(String text) {
        String clean = clean(text);
        Matcher scheme = SCHEME.matcher(clean);
        String name = scheme.lookingAt() ? scheme.group(1).toLowerCase(Locale.ROOT) : "";
        if (!name.equals("http") && !name.equals("https")) {
            throw new AddressException("must be an http or https URL, also after redirects");
        }
        String rest = clean.substring(scheme.end());
        if (!rest.startsWith("//")) {
            throw new AddressException("must be a URL with a host");
        }
        int end = end(rest, 2, "/?#");
        Authority authority = authority(name.equals("https"), rest.substring(2, end));
        return at(authority, rest.substring(end));
    }

    private static WebAddress at(Authority authority, String target) {
        String whole = target.substring(0, end(target, 0, "#"));
        int question = end(whole, 0, "?");
        String path = whole.substring(0, question).replace('\\', '/');
        String query = question == whole.length() ? null : PercentEncoding.query(whole.substring(question + 1));
        return new WebAddress(authority, PercentEncoding.path(path), query);
    }

    /** Removes what browsers remove: space and control characters around the text, and line breaks in it. */
    private static String clean(String text) {
        int begin = 0;
        int end = text.length();
        while (begin < end && text.charAt(begin) <= ' ') {
            begin++;
        }
        while (end > begin && text.charAt(end - 1) <= ' ') {
            end--;
        }
        return text.substring(begin, end).replaceAll("[\\t\\n\\r]", "");
    }

    private static int end(String text, int from, String letters) {
        int end = from;
        while (end < text.length() && letters.indexOf(text.charAt(end)) < 0) {
            end++;
        }
        return end;
    }

    private static Authority authority(boolean secure, String text) {
        if (text.indexOf('@') >= 0) {
            throw new AddressException("must be a URL without a user's name or password");
        }
        Matcher port = PORT.matcher(text);
        boolean given = port.find();
        String host = given ? text.substring(0, port.start()) : text;
        String digits = given ? port.group(1) : "";
        return new Authority(secure, HostName.canonical(host), digits.isEmpty() ? 0 : port(digits));
    }

    private static int port(String digits) {
        int number = digits.length() > LONGEST_PORT ? MOST_PORT + 1 : Integer.parseInt(digits);
        if (number == 0 || number > MOST_PORT) {
            throw new AddressException("must be a URL with a port from 1 to 65535, not " + digits);
        }
        return number;
    }

    /**
     * Returns the address that a {@code Location} header leads to from here.
     *
     * @param location as Java's HTTP clients read headers: a character a byte
     * @throws AddressException if it is none
     */
    public WebAddress redirected(String location) {
        String clean = clean(decoded(location));
        if (SCHEME.matcher(clean).lookingAt()) {
            return of(clean);
        }
        if (clean.replace('\\', '/').startsWith("//")) {
            return of((secure ? "https:" : "http:") + clean);
        }
        var here = new Authority(secure, host, standardPort ? 0 : port);
        WebAddress target = at(here, clean);
        if (target.path.isEmpty()) {
            return new WebAddress(here, path, target.query == null && clean.indexOf('?') < 0 ? query : target.query);
        }
        String folder = path.substring(0, path.lastIndexOf('/') + 1);
        String whole = target.path.startsWith("/") ? target.path : (folder.isEmpty() ? "/" : folder) + target.path;
        return new WebAddress(here, withoutDots(whole), target.query);
    }

    /** Most servers send UTF-8, some Latin-1. */
    private static String decoded(String header) {
        if (header.chars().allMatch(letter -> letter < 0x80) || header.chars().anyMatch(letter -> letter > 0xFF)) {
            return header;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(header.getBytes(StandardCharsets.ISO_8859_1)))
                    .toString();
        } catch (CharacterCodingException e) {
            return header;
        }
    }

    private static String withoutDots(String path) {
        Deque<String> kept = new ArrayDeque<>();
        String[] segments = path.substring(1).split("/", -1);
        for (int i = 0; i < segments.length; i++) {
            boolean last = i == segments.length - 1;
            switch (segments[i]) {
                case "." -> {}
                case ".." -> kept.pollLast();
                default -> kept.addLast(segments[i]);
            }
            if (last && (segments[i].equals(".") || segments[i].equals(".."))) {
                kept.addLast("");
            }
        }
        return "/" + String.join("/", kept);
    }

    public boolean isSecure() {
        return secure;
    }

    /** Returns the host in its canonical form: to be looked up, compared, and sent. An IPv6 address has brackets around it. */
    public String host() {
        return host;
    }

    /** Returns the port, which is the scheme's own if the address has none. */
    public int port() {
        return port;
    }

    /** Returns the path, percent-encoded; empty if there is none. */
    public String path() {
        return path;
    }

    /** Returns true if the address has a query. */
    public boolean hasQuery() {
        return query != null;
    }

    /** Returns path and query, as a request's first line has them. */
    public String target() {
        String whole = path.isEmpty() ? "/" : path;
        return query == null ? whole : whole + "?" + query;
    }

    /** Returns scheme, host and port, the port only if the address names one that is not the scheme's own. */
    public String origin() {
        return (secure ? "https://" : "http://") + authority();
    }

    /** Returns host and port, the port only if it is not the scheme's own: the value of a {@code Host} header. */
    public String authority() {
        return port == (secure ? HTTPS : HTTP) ? host : host + ":" + port;
    }

    /** Returns all of the address as it goes on the wire, without a fragment; {@link #of} reads it again. */
    public URI uri() {
        return URI.create(origin() + path + (query == null ? "" : "?" + query));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof WebAddress address && uri().equals(address.uri());
    }

    @Override
    public int hashCode() {
        return Objects.hash(host, port, path);
    }

    /** Returns the host alone. */
    @Override
    public String toString() {
        return host;
    }
}
