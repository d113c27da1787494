package dev.darkroom.image.manifest;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The XMP of a picture's file, read for what it says of how the picture came about. */
public final class XmpPacket {
    /** Beginning of the addresses by which IPTC names the ways in which pictures come about. */
    public static final String SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/";

    /** Keyword of the text in a PNG file that is XMP. */
    public static final String PNG_KEYWORD = "XML:com.adobe.xmp";

    /** Beginning of a JPEG segment that is XMP; not to be changed. */
    public static final byte[] JPEG_BEGINNING = "http://ns.adobe.com/xap/1.0/\0".getBytes(StandardCharsets.US_ASCII);

    private static final byte[] GIF_NAME = "XMP DataXMP".getBytes(StandardCharsets.US_ASCII);

    /** Id of a box in an MP4 file that is XMP; not to be changed. */
    public static final byte[] MP4_ID = HexFormat.of().parseHex("be7acfcb97a942e89c71999491e3afac");

    private static final int MOST_BYTES = 1 << 20;
    private static final Pattern SOURCE_TYPE = Pattern.compile(
            "DigitalSourceType\\b[^h]{0,200}https?://cv\\.iptc\\.org/newscodes/digitalsourcetype/(\\w{1,60})");

    private static final Pattern PROVENANCE =
            Pattern.compile("dcterms:provenance\\s{0,9}[=>]\\s{0,9}[\"']?(https?://[^\\s\"'<>\\p{C}]{1,500})");

    private XmpPacket() {}

    /** Returns the digital source type of a file, such as {@code trainedAlgorithmicMedia}; empty where it says none. */
    public static Optional<String> sourceType(byte[] file) {
        return found(file, SOURCE_TYPE);
    }

    /** Returns the address at which a file says that its content credentials are; empty where it says none. */
    public static Optional<String> credentialsAddress(byte[] file) {
        return found(file, PROVENANCE);
    }

    private static Optional<String> found(byte[] file, Pattern pattern) {
        return FileParts.of(file)
                .flatMap(XmpPacket::text)
                .map(pattern::matcher)
                .filter(Matcher::find)
                .map(matcher -> matcher.group(1));
    }

    private static Optional<String> text(FileParts parts) {
        return switch (parts.kind()) {
            case PNG -> first(parts, "iTXt", PNG_KEYWORD.getBytes(StandardCharsets.US_ASCII));
            case JPEG -> first(parts, "e1", JPEG_BEGINNING);
            case WEBP -> first(parts, "XMP ", new byte[0]);
            case GIF -> first(parts, GifManifest.EXTENSION, GIF_NAME);
            case MP4 -> first(parts, Mp4Manifest.BOX, MP4_ID);
        };
    }

    private static Optional<String> first(FileParts parts, String type, byte[] beginning) {
        return parts.all(type).stream()
                .filter(part -> parts.begins(part, beginning) && part.length() <= MOST_BYTES)
                .findFirst()
                .map(part -> new String(parts.content(part), StandardCharsets.UTF_8));
    }
}
