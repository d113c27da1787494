package dev.darkroom.image;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Names the kinds of files that callers send instead of a picture that can be read, so that they need not guess. */
final class ForeignFile {
    private static final int LOOKED_AT = 1_024;
    private static final String BYTE_ORDER_MARK = "\u00EF\u00BB\u00BF";

    private static final Map<String, String> BY_START = Map.ofEntries(
            Map.entry("II*\0", "a TIFF picture"),
            Map.entry("MM\0*", "a TIFF picture"),
            Map.entry("II+\0", "a TIFF picture"),
            Map.entry("MM\0+", "a TIFF picture"),
            Map.entry("v/1\1", "an OpenEXR picture"),
            Map.entry("qoif", "a QOI picture"),
            Map.entry("%PDF-", "a PDF document"),
            Map.entry("8BPS", "a Photoshop document"),
            Map.entry("\u00FF\n", "a JPEG XL picture"),
            Map.entry("\0\0\0\fJXL ", "a JPEG XL picture"),
            Map.entry("\0\0\0\fjP  ", "a JPEG 2000 picture"),
            Map.entry("\0\0\1\0", "an icon"),
            Map.entry("BM", "a BMP picture with another format inside"),
            Map.entry("PK\3\4", "a ZIP file"),
            Map.entry("\u001F\u008B", "compressed with gzip"));

    private static final List<String> HEIC_BRANDS =
            List.of("heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1");

    private ForeignFile() {}

    /** Names the kind of a file, with its article; empty if unknown. */
    static Optional<String> name(byte[] file) {
        String start = new String(file, 0, Math.min(file.length, LOOKED_AT), StandardCharsets.ISO_8859_1);
        if (start.startsWith("RIFF") && start.startsWith("WEBP", 8)) {
            return Optional.of("an animated WebP picture");
        }
        if (start.startsWith("ftyp", 4)) {
            return Optional.of(ofBrand(start));
        }
        return BY_START.entrySet().stream()
                .filter(known -> start.startsWith(known.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .or(() -> ofText(start));
    }

    /** Names a file of the containers that phones use; the first brand may be a general one, with the others behind it. */
    private static String ofBrand(String start) {
        int length = start.charAt(2) << 8 | start.charAt(3);
        String brands = start.substring(8, Math.clamp(length, 8, start.length()));
        if (brands.contains("avif") || brands.contains("avis")) {
            return "an AVIF picture";
        }
        return HEIC_BRANDS.stream().anyMatch(brands::contains) ? "a HEIC picture" : "a video";
    }

    private static Optional<String> ofText(String start) {
        String text = (start.startsWith(BYTE_ORDER_MARK) ? start.substring(BYTE_ORDER_MARK.length()) : start)
                .strip()
                .toLowerCase(Locale.ROOT);
        if (text.startsWith("<!doctype html") || text.startsWith("<html") || text.startsWith("<head")) {
            return Optional.of("an HTML page");
        }
        if (text.startsWith("<svg") || (text.startsWith("<") && text.contains("<svg"))) {
            return Optional.of("an SVG drawing");
        }
        if (text.startsWith("<?xml")) {
            return Optional.of("an XML document");
        }
        return text.startsWith("{") ? Optional.of("a JSON document") : Optional.empty();
    }
}
