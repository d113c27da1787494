package dev.darkroom.image.manifest;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The parts of a PNG, JPEG or GIF file by the names that C2PA gives them, one behind the other from the file's first byte on: a JPEG's scan goes
 * with its pixels, and credentials are one part however many they lie in.
 *
 * <p>Source: C2PA specification 2.2, "General box hash".
 */
public final class NamedBoxes {
    /** Name of the part that credentials lie in. */
    public static final String CREDENTIALS = "C2PA";

    private static final int MOST = 50_000;
    private static final int PNG_SIGNATURE = 8;
    private static final int GIF_SIGNATURE = 6;
    private static final int FRAME_HEADER = 10;
    private static final int START_OF_SCAN = 0xDA;
    private static final int START = 0xD8;
    private static final int END = 0xD9;

    private NamedBoxes() {}

    /**
     * A part.
     *
     * @param end offset behind it
     */
    public record NamedBox(String name, int start, int end) {}

    /** Takes a file apart, as far as it goes on being one; empty for files of kinds whose parts are not known by name here. */
    public static Optional<List<NamedBox>> of(byte[] file) {
        return FileParts.of(file).flatMap(parts -> switch (parts.kind()) {
            case PNG -> Optional.of(png(parts));
            case JPEG -> Optional.of(jpeg(file));
            case GIF -> Optional.of(gif(parts));
            case WEBP, MP4 -> Optional.empty();
        });
    }

    private static List<NamedBox> png(FileParts parts) {
        List<NamedBox> boxes = new ArrayList<>(List.of(new NamedBox("PNGh", 0, PNG_SIGNATURE)));
        for (FileParts.Part part : parts.parts()) {
            String name = part.type().equals(EmbeddedManifest.PNG_CHUNK) ? CREDENTIALS : part.type();
            boxes.add(new NamedBox(name, part.start(), part.end()));
        }
        return boxes;
    }

    private static List<NamedBox> gif(FileParts parts) {
        byte[] file = parts.file();
        int colours = Math.min(file.length, GifBlocks.behindColours(file));
        List<NamedBox> boxes = new ArrayList<>();
        boxes.add(new NamedBox("GIF89a", 0, GIF_SIGNATURE));
        boxes.add(new NamedBox("LSD", GIF_SIGNATURE, colours));
        for (FileParts.Part part : parts.parts()) {
            if (part.type().equals(GifBlocks.FRAME)) {
                int data = part.start() + FRAME_HEADER + GifBlocks.coloursOf(file, part);
                boxes.add(new NamedBox("2C", part.start(), data));
                boxes.add(new NamedBox("TBID", data, part.end()));
            } else {
                String name = GifManifest.isOne(parts, part)
                        ? CREDENTIALS
                        : part.type().toUpperCase(Locale.ROOT);
                boxes.add(new NamedBox(name, part.start(), part.end()));
            }
        }
        return boxes;
    }

    private static List<NamedBox> jpeg(byte[] file) {
        List<NamedBox> boxes = new ArrayList<>(List.of(new NamedBox("SOI", 0, 2)));
        Optional<EmbeddedManifest> credentials = EmbeddedManifest.find(file);
        int at = 2;
        while (at + 2 <= file.length && file[at] == (byte) 0xFF && boxes.size() < MOST) {
            int marker = file[at + 1] & 0xFF;
            int start = at;
            if (credentials.isPresent() && credentials.get().start() == start) {
                at += credentials.get().length();
                boxes.add(new NamedBox(CREDENTIALS, start, at));
                continue;
            }
            at += marker == END || marker == START ? 2 : 2 + length(file, at + 2);
            if (at > file.length || at < start + 2) {
                break;
            }
            if (marker == START_OF_SCAN) {
                at = behindPixels(file, at);
            }
            boxes.add(new NamedBox(name(marker), start, at));
            if (marker == END) {
                break;
            }
        }
        return boxes;
    }

    private static int length(byte[] file, int at) {
        int length = at + 2 <= file.length ? (file[at] & 0xFF) << 8 | (file[at + 1] & 0xFF) : 0;
        return length < 2 ? file.length : length; // a segment without a length has no end
    }

    /** Pixels end at a marker that is neither a byte 255 nor a new start within them. */
    private static int behindPixels(byte[] file, int start) {
        for (int at = start; at + 1 < file.length; at++) {
            int next = file[at + 1] & 0xFF;
            if (file[at] == (byte) 0xFF && next != 0 && next != 0xFF && (next < 0xD0 || next > 0xD7)) {
                return at;
            }
        }
        return file.length;
    }

    private static String name(int marker) {
        return switch (marker) {
            case 0xC4 -> "DHT";
            case 0xCC -> "DAC";
            case 0xDB -> "DQT";
            case 0xDD -> "DRI";
            case 0xFE -> "COM";
            case END -> "EOI";
            case START -> "SOI";
            case START_OF_SCAN -> "SOS";
            default ->
                marker >= 0xF0
                        ? "JPG" + (marker - 0xF0)
                        : marker >= 0xE0
                                ? "APP" + (marker - 0xE0)
                                : marker >= 0xC0 && marker < 0xD0 ? "SOF" + (marker - 0xC0) : "?";
        };
    }
}
