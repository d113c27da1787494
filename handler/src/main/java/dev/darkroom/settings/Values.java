package dev.darkroom.settings;

import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import java.math.BigInteger;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Says what is wrong with the value of a setting: it cannot be read, or makes no sense. */
final class Values {
    private static final List<String> SWITCHES =
            List.of("true", "false", "yes", "no", "on", "off", "1", "0", "y", "n", "t", "f");

    private Values() {}

    /** Says what a value must be, if it is not: {@code must be a whole number from 1}. */
    static Optional<String> fault(Setting setting, String value) {
        if (!setting.several()) {
            return faultOfOne(setting, value.strip());
        }
        return Arrays.stream(value.split("(?<!\\\\),", -1))
                .map(String::strip)
                .filter(one -> !one.isEmpty())
                .flatMap(one -> faultOfOne(setting, one).stream())
                .findFirst();
    }

    private static Optional<String> faultOfOne(Setting setting, String value) {
        Class<?> type = setting.type();
        if (type == boolean.class || type == Boolean.class) {
            return unless(
                    SWITCHES.contains(value.toLowerCase(Locale.ROOT)), "must be true or false, not " + quoted(value));
        }
        if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
            boolean isLong = type == long.class || type == Long.class;
            return number(Bounds.ofNumber(setting, isLong), value);
        }
        if (type == Duration.class) {
            return duration(Bounds.ofDuration(setting), value);
        }
        if (type == MemorySize.class) {
            return size(Bounds.leastSize(setting), value);
        }
        if (type.isEnum()) {
            return choice(type, value);
        }
        if (type == URI.class) {
            return address(value);
        }
        if (type == Path.class) {
            return path(value);
        }
        return Optional.empty();
    }

    private static Optional<String> number(Bounds bounds, String value) {
        String wish = "must be a whole number " + bounds.ofNumbers() + ", not " + quoted(value);
        return unless(
                value.matches("[+-]?[0-9]{1,30}")
                        && new BigInteger(value).compareTo(BigInteger.valueOf(bounds.least())) >= 0
                        && new BigInteger(value).compareTo(BigInteger.valueOf(bounds.most())) <= 0,
                wish);
    }

    /** A number alone is seconds, as in the framework's own settings. */
    private static Optional<String> duration(Bounds bounds, String value) {
        try {
            Duration time = DurationConverter.parseDuration(value);
            if (time != null && bounds.holds(time)) {
                return Optional.empty();
            }
        } catch (IllegalArgumentException | ArithmeticException e) {
            // said below
        }
        return Optional.of(
                "must be a time such as 500ms, 30s, 10m or 24h, " + bounds.ofMilliseconds() + ", not " + quoted(value));
    }

    private static Optional<String> size(long least, String value) {
        String wish = "must be a size such as 500M or 20G, of at least " + (least >= 1 << 20 ? "1M" : "1K") + ", not ";
        try {
            if (new MemorySizeConverter().convert(value).asLongValue() >= least) {
                return Optional.empty();
            }
            boolean bare = value.matches("[0-9]+");
            return Optional.of(wish + (bare ? value + " bytes: did you mean " + value + "G?" : quoted(value)));
        } catch (IllegalArgumentException | ArithmeticException e) {
            return Optional.of(wish + quoted(value));
        }
    }

    private static Optional<String> choice(Class<?> type, String value) {
        List<String> choices = Arrays.stream(type.getEnumConstants())
                .map(constant -> ((Enum<?>) constant).name())
                .toList();
        boolean known = choices.stream().anyMatch(choice -> plain(choice).equals(plain(value)));
        boolean shouted = choices.stream().anyMatch(choice -> choice.contains("_"));
        String all = choices.stream()
                .map(choice -> shouted ? choice : choice.toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
        return unless(known, "must be one of " + all + ", not " + quoted(value));
    }

    private static String plain(String word) {
        return word.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Optional<String> address(String value) {
        try {
            URI address = new URI(value);
            String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
            boolean whole = address.getRawAuthority() != null && (scheme.equals("http") || scheme.equals("https"));
            return unless(whole, "must begin with https:// or http://, and a host");
        } catch (URISyntaxException e) {
            return Optional.of("must be an address such as https://example.com");
        }
    }

    private static Optional<String> path(String value) {
        try {
            return unless(!Path.of(value).toString().isBlank(), "must be a path");
        } catch (InvalidPathException e) {
            return Optional.of("cannot be a path: " + e.getReason());
        }
    }

    private static Optional<String> unless(boolean right, String fault) {
        return right ? Optional.empty() : Optional.of(fault);
    }

    private static String quoted(String value) {
        String shown = value.length() > 80 ? value.substring(0, 80) + "…" : value;
        return "'" + shown.replaceAll("\\p{Cntrl}", "?") + "'";
    }
}
